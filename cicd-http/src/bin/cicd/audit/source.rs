//! Which database the trail is read from.

use std::sync::Arc;

use cicd_core::trail::Trail;
use cicd_store_sqlite::SqliteTrail;
use clap::Args;

use crate::data::Data;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(super) struct Source {
    #[command(flatten)]
    data: Data,
    /// The database itself, a copy perhaps, instead of the data directory's.
    #[arg(long, value_name = "PATH")]
    database: Option<String>,
}

impl Source {
    /// Opens the database that was asked for.
    pub(super) async fn open(&self) -> Result<Arc<dyn Trail>, Failure> {
        let place = match &self.database {
            Some(place) => place.clone(),
            None => self.data.database().display().to_string(),
        };
        trail(&place).await.map_err(Failure::unanswered)
    }
}

/// The trail of the database at `place`: the scheme of a URL says which store reads it, anything else is a file of SQLite.
async fn trail(place: &str) -> Result<Arc<dyn Trail>, Failure> {
    match place.split_once("://") {
        None => Ok(Arc::new(SqliteTrail::open(place).await?)),
        Some((scheme, _)) => Err(Failure::new(format!(
            "this binary reads no `{scheme}`; accepted: the path of a SQLite database"
        ))),
    }
}
