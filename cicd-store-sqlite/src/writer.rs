//! The one that writes: a task with a queue, first come first served.

use std::path::PathBuf;
use std::sync::Arc;

use cicd_core::id::{TenantId, TokenId};
use cicd_core::port::{ChangeSet, ClaimRequest, Committed, Lease, StoreError};
use cicd_core::time::Timestamp;
use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::{mpsc, oneshot};

use crate::config::SqliteOptions;
use crate::error::{is_failure, store_error};
use crate::lock::FileLock;
use crate::{commit, token, work};

/// Where the store takes its time from.
pub(crate) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
/// Where the answer to a job goes.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// What can be asked of the writer.
pub(crate) enum Job {
    Commit(Box<ChangeSet>, Reply<Committed>),
    Claim(ClaimRequest, Reply<Vec<Lease>>),
    Renew(Lease, u64, Reply<Lease>),
    GiveUp(Lease, Option<Timestamp>, Reply<()>),
    UseToken(TenantId, TokenId, Timestamp, Reply<()>),
    Close(oneshot::Sender<()>),
}

/// An answer that waits for the commit: what it was based on may be lost with it.
type Pending = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// Owns the connection that writes and, for as long as it lives, the lock of the file.
pub(crate) struct Writer {
    pub(crate) connection: Option<SqliteConnection>,
    pub(crate) lock: FileLock,
    pub(crate) path: PathBuf,
    pub(crate) options: SqliteOptions,
    pub(crate) clock: Clock,
}

impl Writer {
    /// Carries out jobs until it is asked to close, or nobody is left to ask.
    pub(crate) async fn run(mut self, mut queue: mpsc::Receiver<Job>) {
        let most = self.options.most_per_commit.max(1);
        let mut jobs = Vec::with_capacity(most);
        let mut closing = Vec::new();
        while closing.is_empty() && queue.recv_many(&mut jobs, most).await > 0 {
            self.carry_out(jobs.drain(..), &mut closing).await;
        }
        if let Some(connection) = self.connection.take()
            && let Err(error) = close(connection).await
        {
            tracing::warn!(%error, "the connection that writes did not close cleanly");
        }
        drop(self.lock);
        for closed in closing {
            // Whoever asked may have gone.
            let _ = closed.send(());
        }
    }

    /// Carries out jobs in one transaction and answers them once it has been committed.
    async fn carry_out(&mut self, jobs: impl Iterator<Item = Job>, closing: &mut Vec<oneshot::Sender<()>>) {
        let mut pending = Vec::new();
        let mut state = self.begin().await;
        for job in jobs {
            match job {
                Job::Close(closed) => closing.push(closed),
                job => pending.push(self.carry_out_one(job, &mut state).await),
            }
        }
        let committed = self.end(state).await;
        for answer in pending {
            answer(committed.clone());
        }
    }

    /// Carries out one job, unless the transaction has failed already.
    async fn carry_out_one(&mut self, job: Job, state: &mut Result<(), StoreError>) -> Pending {
        let (Ok(()), Some(connection)) = (&state, &mut self.connection) else {
            return give_back(job);
        };
        let now = (self.clock)();
        match job {
            Job::Commit(change, reply) => {
                answer(reply, commit::commit(connection, &change, now).await, state)
            }
            Job::Claim(request, reply) => answer(reply, work::claim(connection, request, now).await, state),
            Job::Renew(lease, micros, reply) => {
                answer(reply, work::renew(connection, lease, micros, now).await, state)
            }
            Job::GiveUp(lease, asked, reply) => {
                answer(reply, work::give_up(connection, &lease, asked, now).await, state)
            }
            Job::UseToken(tenant, id, at, reply) => {
                answer(reply, token::note_use(connection, &tenant, id, at).await, state)
            }
            Job::Close(_) => Box::new(drop),
        }
    }

    async fn begin(&mut self) -> Result<(), StoreError> {
        if self.connection.is_none() {
            let connection = self.options.writer(&self.path).await;
            self.connection = Some(connection.map_err(|error| store_error(&error))?);
        }
        self.execute("BEGIN IMMEDIATE").await
    }

    /// Commits, or takes everything back.
    async fn end(&mut self, state: Result<(), StoreError>) -> Result<(), StoreError> {
        let ended = match state {
            Ok(()) => self.execute("COMMIT").await,
            Err(error) => Err(error),
        };
        if let Err(error) = &ended {
            tracing::error!(%error, "a transaction failed");
            if self.execute("ROLLBACK").await.is_err() {
                // Nothing is known of this connection any more; the next transaction gets a new one.
                self.connection = None;
            }
        }
        ended
    }

    async fn execute(&mut self, sql: &'static str) -> Result<(), StoreError> {
        let Some(connection) = &mut self.connection else {
            return Err(StoreError::Unavailable { message: "no connection".to_owned() });
        };
        sqlx::query(sql).execute(connection).await.map(drop).map_err(|error| store_error(&error))
    }
}

/// Closes the connection and leaves a file that needs no log beside it. SQLite would do so for the last connection alone, and
/// only if that one may write, which the readers may not.
async fn close(mut connection: SqliteConnection) -> Result<(), sqlx::Error> {
    let written_back = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await;
    connection.close().await?;
    written_back.map(drop)
}

/// Keeps the answer until the commit; when SQLite failed, the whole transaction has.
fn answer<T: Send + 'static>(
    reply: Reply<T>,
    result: Result<T, StoreError>,
    state: &mut Result<(), StoreError>,
) -> Pending {
    if let Err(error) = &result
        && is_failure(error)
    {
        *state = Err(error.clone());
    }
    // Whoever asked may have gone; the work is done all the same.
    Box::new(move |committed| drop(reply.send(committed.and(result))))
}

/// The answer to a job that was not begun, because the transaction had failed.
fn give_back(job: Job) -> Pending {
    fn fail<T: Send + 'static>(reply: Reply<T>) -> Pending {
        let gone = StoreError::Unavailable { message: "the transaction failed".to_owned() };
        Box::new(move |ended| drop(reply.send(Err(ended.err().unwrap_or(gone)))))
    }
    match job {
        Job::Commit(_, reply) => fail(reply),
        Job::Claim(_, reply) => fail(reply),
        Job::Renew(_, _, reply) => fail(reply),
        Job::GiveUp(_, _, reply) | Job::UseToken(_, _, _, reply) => fail(reply),
        Job::Close(_) => Box::new(drop),
    }
}
