//! `cicd serve`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use cicd_core::engine::Engine;
use cicd_core::id::TenantId;
use cicd_core::port::{Blobs, Secrets};
use cicd_executor::secrets::FileSecrets;
use cicd_http::{Metrics, RandomIds, TokenAuthenticator, router_with, server};
use clap::Args;
use futures_util::FutureExt as _;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::authorizer::Authorization;
use crate::blobs::{self, BlobStorage};
use crate::cache::PageCache;
use crate::database::{Database, Opened};
use crate::edge::Edge;
use crate::executors::Executors;
use crate::failure::Failure;
use crate::first_start;
use crate::gauges;
use crate::logging::{self, LogFormat};
use crate::retention::Retention;
use crate::signals::Signals;
use crate::work::Work;

/// How long rollouts and runs that are under way may take to end when the host is asked to.
const DRAIN: Duration = Duration::from_secs(30);

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen.
    #[arg(long, env = "CICD_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    #[command(flatten)]
    database: Database,
    /// Apply the migrations that are missing first. Without this only a new SQLite database is given its schema.
    #[arg(long, env = "CICD_MIGRATE")]
    migrate: bool,
    /// The tenant that the first start sets up.
    #[arg(long, env = "CICD_TENANT", default_value = "default")]
    tenant: TenantId,
    #[command(flatten)]
    blobs: BlobStorage,
    #[command(flatten)]
    cache: PageCache,
    #[command(flatten)]
    executors: Executors,
    #[command(flatten)]
    work: Work,
    #[command(flatten)]
    authorization: Authorization,
    #[command(flatten)]
    edge: Edge,
    #[command(flatten)]
    retention: Retention,
    /// How the log is written.
    #[arg(long, env = "CICD_LOG_FORMAT", value_enum, default_value = "pretty", value_name = "FORMAT")]
    log: LogFormat,
}

impl Serve {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        logging::begin(self.log);
        if self.migrate {
            let applied = self.database.migrate_up().await?;
            tracing::info!(?applied, "migrated");
        }
        let opened = self.database.open_or_create().await?;
        let served = self.serve(&opened).await;
        opened.close().await;
        served
    }

    async fn serve(&self, opened: &Opened) -> Result<(), Failure> {
        // Asking for signals before anything is under way leaves no moment in which one would kill the host.
        let signals = Signals::listen()?;
        let data = &self.database.data;
        // SQLite holds its own file.
        let _held = if opened.is_shared() { Some(data.hold().await?) } else { None };
        let blobs = self.blobs.open(data).await?;
        let mark = blobs::shared(opened, &*blobs.blobs()).await?;
        let metrics = Metrics::default();
        let engine = self.engine(opened, blobs.blobs(), metrics.clone()).await?;
        first_start::admin_token(&engine, &self.tenant, data).await?;
        let listener = TcpListener::bind(self.listen).await;
        let listener = listener.map_err(|error| Failure::new(format!("`{}`: {error}", self.listen)))?;
        let options = self.edge.options(self.executors.is_dev(), metrics.clone());
        let router = router_with(engine.clone(), TokenAuthenticator::new(engine.clone()), options);
        let telling = self.edge.tell(metrics.clone()).await?;
        let gauges = tokio::spawn(gauges::look(metrics, engine.clone()));
        let retention = tokio::spawn(self.retention.keep(engine.clone(), opened.store(), blobs, mark));
        let workers = engine.spawn_workers(self.work.into());
        tracing::info!(address = %listener.local_addr()?, "listening");
        let asked_to_end = signals.asked_to_end().shared();
        // Work that is under way ends while the last requests are answered, not after them.
        let draining = async {
            asked_to_end.clone().await;
            workers.drain(DRAIN).await
        };
        let serving = server::serve(listener, router, asked_to_end.clone());
        let (answered, finished) = tokio::join!(serving, draining);
        retention.abort();
        gauges.abort();
        telling.iter().for_each(JoinHandle::abort);
        if !answered || !finished {
            tracing::warn!(answered, finished, "not everything was finished; the next start takes it up");
        }
        Ok(())
    }

    async fn engine(
        &self,
        opened: &Opened,
        blobs: Arc<dyn Blobs>,
        metrics: Metrics,
    ) -> Result<Engine, Failure> {
        let secrets: Arc<dyn Secrets> = Arc::new(FileSecrets::new(self.database.data.secrets()));
        let mut builder = Engine::builder()
            .shared_store(opened.store())
            .authorizer(self.authorization.authorizer().await?)
            .blobs(Arc::clone(&blobs))
            .ids(RandomIds)
            .observer(metrics.clone())
            .secrets(Arc::clone(&secrets))
            .ci_rules(self.executors.ci_rules());
        if let Some(cache) = self.cache.open(opened).await? {
            builder = builder.shared_cache(cache);
        }
        let silence = self.work.silence();
        if let Some(command) = self.executors.command(&self.database.data, blobs, secrets, silence).await? {
            let command = metrics.counted("command", command);
            builder = builder.ci_executor("command", command.clone()).deploy_executor("command", command);
        }
        Ok(builder.build()?)
    }
}
