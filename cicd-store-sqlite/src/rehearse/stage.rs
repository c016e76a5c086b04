//! The copy as a rehearsal uses it.

use std::path::{Path, PathBuf};
use std::time::Instant;

use async_trait::async_trait;
use cicd_core::migration::{Done, Held, MayLose, Objects, Outcome, Stage, Tables, Way, smoke};
use sqlx::sqlite::SqliteConnection;

use super::{contents, micros};
use crate::backup::write;
use crate::config::SqliteOptions;
use crate::error::OpenError;
use crate::schema::{self, Migration};
use crate::store::SqliteStore;

/// A copy with a connection to it.
#[derive(Debug)]
pub(super) struct Staging {
    pub(super) connection: SqliteConnection,
    directory: PathBuf,
    copy: PathBuf,
    steps: &'static [Migration],
    opened: u32,
}

impl Staging {
    /// Opens the file `copy` in `directory`.
    pub(super) async fn open(
        directory: &Path,
        copy: &Path,
        steps: &'static [Migration],
    ) -> Result<Self, OpenError> {
        let connection = SqliteOptions::default().writer(copy).await?;
        let (directory, copy) = (directory.to_path_buf(), copy.to_path_buf());
        Ok(Self { connection, directory, copy, steps, opened: 0 })
    }

    async fn read(&self, path: &Path) -> Result<Vec<String>, OpenError> {
        let store = SqliteStore::open(path, SqliteOptions::default()).await?;
        let mut wrong = Vec::new();
        for found in [store.oracle().await, smoke(&store).await] {
            wrong.extend(found.unwrap_or_else(|error| vec![error.to_string()]));
        }
        store.close().await;
        Ok(wrong)
    }
}

#[async_trait]
impl Stage for Staging {
    type Error = OpenError;

    async fn objects(&mut self) -> Result<Objects, OpenError> {
        schema::objects(&mut self.connection).await
    }

    async fn tables(&mut self) -> Result<Tables, OpenError> {
        contents::of(&mut self.connection).await
    }

    async fn take(&mut self, version: u32, way: Way) -> Result<Outcome, OpenError> {
        let Some(step) = self.steps.iter().find(|step| step.version == version) else {
            return Ok(Outcome::Failed(format!("there is no migration {version}")));
        };
        let began = Instant::now();
        Ok(match schema::run(&mut self.connection, step, way, MayLose::Nothing).await {
            Ok(()) => Outcome::Done(Done { micros: micros(began), locks: vec![writes()] }),
            Err(OpenError::WouldLose { source, .. }) => Outcome::WouldLose(source.to_string()),
            Err(OpenError::Migration { source, .. }) => Outcome::Failed(source.to_string()),
            Err(other) => return Err(other),
        })
    }

    /// On another copy: a store that is opened voids the leases of whoever held the file before it.
    async fn smoke(&mut self) -> Result<Vec<String>, OpenError> {
        self.opened += 1;
        let path = self.directory.join(format!("opened-{}.db", self.opened));
        write(&self.copy, &path).await?;
        let wrong = self.read(&path).await.unwrap_or_else(|error| vec![error.to_string()]);
        std::fs::remove_file(&path).map_err(|source| OpenError::Io { path, source })?;
        Ok(wrong)
    }
}

/// Every step takes the one lock for changes; readers have the state before it.
fn writes() -> Held {
    Held {
        on: "the database".to_owned(),
        mode: "BEGIN IMMEDIATE".to_owned(),
        blocks_readers: false,
        blocks_writers: true,
    }
}
