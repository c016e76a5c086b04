//! The HTTP face inside a host of one's own: nested under `/delivery`, beside the host's routes and state, for callers
//! whom the host's sessions know.
//!
//! `cargo run -p cicd-examples --bin embed_axum [address]` serves until it is interrupted.

mod sessions;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use cicd_authz_casbin::CasbinAuthorizer;
use cicd_core::authz::{Caller, GrantKey};
use cicd_core::engine::{Engine, Options, WorkerConfig};
use cicd_core::id::{PrincipalId, TenantId};
use cicd_executor::blobs::{BlobLimits, FsBlobs};
use cicd_http::RandomIds;
use cicd_store_sqlite::{SqliteOptions, SqliteStore};
use sessions::Sessions;

type Error = Box<dyn std::error::Error>;

/// What this host's own routes share.
#[derive(Clone)]
struct Platform {
    name: &'static str,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let directory = tempfile::tempdir()?;
    let (store, engine) = engine(directory.path()).await?;
    let sessions = log_in(&engine).await?;
    let workers = engine.spawn_workers(WorkerConfig::default());

    let app = Router::new()
        .route("/", get(home))
        .with_state(Platform { name: "the platform of acme" })
        .nest("/delivery", cicd_http::router(engine, sessions));
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".into());
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, app).with_graceful_shutdown(interrupted()).await?;

    workers.drain(Duration::from_secs(5)).await;
    store.close().await;
    Ok(())
}

/// An engine over SQLite, with blobs in files and roles by Casbin.
async fn engine(directory: &Path) -> Result<(SqliteStore, Engine), Error> {
    let database = directory.join("platform.db");
    cicd_store_sqlite::migrate(&database).await?;
    let store = SqliteStore::open(&database, SqliteOptions::default()).await?;
    let engine = Engine::builder()
        .store(store.clone())
        .blobs(Arc::new(FsBlobs::open(directory.join("blobs"), BlobLimits::default())?))
        .ids(RandomIds)
        .authorizer(CasbinAuthorizer::default_roles().await?)
        .build()?;
    Ok((store, engine))
}

/// Ann is the first admin of her tenant, and lets Ben read. A real host has a login; this one prints two sessions.
async fn log_in(engine: &Engine) -> Result<Sessions, Error> {
    let tenant: TenantId = "acme".parse()?;
    let (ann, ben): (PrincipalId, PrincipalId) = ("ann".parse()?, "ben".parse()?);
    engine.bootstrap(&tenant, &ann).await?;
    let ann = Caller::person(tenant.clone(), ann);
    engine.grant(&ann, &GrantKey::new(ben.clone(), "viewer".parse()?), &Options::default()).await?;
    let mut sessions = Sessions::default();
    for caller in [ann, Caller::person(tenant, ben)] {
        println!("{} has the session {}", caller.principal.clone(), sessions.begin(caller));
    }
    Ok(sessions)
}

async fn home(State(platform): State<Platform>) -> String {
    format!("This is {}.\n", platform.name)
}

async fn interrupted() {
    // Without a signal handler the host can only be killed; it goes on serving.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
