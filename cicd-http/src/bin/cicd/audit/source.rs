//! Which database the trail is read from.

use std::path::Path;
use std::sync::Arc;

use cicd_core::trail::Trail;
#[cfg(feature = "postgres")]
use cicd_store_postgres::{PostgresOptions, PostgresTrail};
use cicd_store_sqlite::SqliteTrail;
use clap::Args;

use crate::data::Data;
use crate::database::Address;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(super) struct Source {
    #[command(flatten)]
    data: Data,
    /// The database itself, a copy perhaps, instead of the data directory's.
    #[arg(long, env = "CICD_DATABASE", hide_env_values = true, value_name = "PATH|URL")]
    database: Option<Address>,
}

impl Source {
    /// Opens the database that was asked for.
    pub(super) async fn open(&self) -> Result<Arc<dyn Trail>, Failure> {
        let trail = match &self.database {
            None => sqlite(&self.data.database()).await,
            Some(address) if address.scheme().is_none() => sqlite(address.whole().as_ref()).await,
            Some(address) => server(address).await,
        };
        trail.map_err(Failure::unanswered)
    }
}

async fn sqlite(path: &Path) -> Result<Arc<dyn Trail>, Failure> {
    Ok(Arc::new(SqliteTrail::open(path).await?))
}

/// The trail of the database at `address`: its scheme says which store reads it.
async fn server(address: &Address) -> Result<Arc<dyn Trail>, Failure> {
    #[cfg(feature = "postgres")]
    if address.is_postgres() {
        let trail = PostgresTrail::connect(address.whole(), &PostgresOptions::default()).await;
        let trail = trail.map_err(|error| Failure::new(format!("`{address}`: {}", Failure::from(error))))?;
        return Ok(Arc::new(trail));
    }
    let accepted = if cfg!(feature = "postgres") { " or a `postgres://…` address" } else { "" };
    Err(Failure::new(format!(
        "this binary can't read `{address}`; accepted: the path of a SQLite database{accepted}"
    )))
}
