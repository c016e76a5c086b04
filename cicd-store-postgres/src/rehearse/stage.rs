//! The copy as a rehearsal uses it.

use std::time::Instant;

use async_trait::async_trait;
use cicd_core::migration::{Done, Held, MayLose, Objects, Outcome, Stage, Tables, Way, smoke};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use super::{contents, locks, micros};
use crate::error::OpenError;
use crate::schema::{self, Migration};
use crate::store::PostgresStore;

/// The copy may be large, and nobody waits for it.
const PATIENT: &str = "
SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0";
/// What is dropped with the copy needs no disk to wait for.
const HASTY: &str = "SET synchronous_commit = off";

/// A copy with a session on it.
#[derive(Debug)]
pub(super) struct Staging {
    pub(super) connection: PgConnection,
    options: PgConnectOptions,
    steps: &'static [Migration],
}

impl Staging {
    /// Connects to the copy that `options` name, and makes the schema there.
    pub(super) async fn connect(
        options: PgConnectOptions,
        schema: &str,
        steps: &'static [Migration],
    ) -> Result<Self, OpenError> {
        let mut connection = options.connect().await?;
        sqlx::raw_sql(PATIENT).execute(&mut connection).await?;
        sqlx::raw_sql(HASTY).execute(&mut connection).await?;
        let schema = format!("CREATE SCHEMA IF NOT EXISTS {schema}");
        sqlx::raw_sql(AssertSqlSafe(schema)).execute(&mut connection).await?;
        Ok(Self { connection, options, steps })
    }

    /// Takes a step and sees what it holds before it is committed.
    async fn run(&mut self, step: &Migration, way: Way) -> Result<Vec<Held>, OpenError> {
        let mut transaction = self.connection.begin().await?;
        let relations = locks::relations(&mut transaction).await?;
        schema::take(&mut transaction, step, way, MayLose::Nothing).await?;
        let held = locks::held(&mut transaction, &relations).await?;
        transaction.commit().await?;
        Ok(held)
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
        Ok(match self.run(step, way).await {
            Ok(locks) => Outcome::Done(Done { micros: micros(began), locks }),
            Err(OpenError::WouldLose { source, .. }) => Outcome::WouldLose(why(&source)),
            Err(OpenError::Migration { source, .. }) => Outcome::Failed(why(&source)),
            Err(other) => return Err(other),
        })
    }

    async fn smoke(&mut self) -> Result<Vec<String>, OpenError> {
        let few = PgPoolOptions::new().max_connections(2).test_before_acquire(false);
        let store = match PostgresStore::with_pool(few.connect_with(self.options.clone()).await?).await {
            Ok(store) => store,
            Err(error) => return Ok(vec![error.to_string()]),
        };
        let mut wrong = Vec::new();
        for found in [store.oracle().await, smoke(&store).await] {
            wrong.extend(found.unwrap_or_else(|error| vec![error.to_string()]));
        }
        store.close().await;
        Ok(wrong)
    }
}

/// What the server says, without where in its own source it says it.
fn why(error: &sqlx::Error) -> String {
    error.as_database_error().map_or_else(|| error.to_string(), |error| error.message().to_owned())
}
