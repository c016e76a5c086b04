//! Workers: claim what is due, drive executors under a lease, and tell the engine what came of it as commands.

mod lease;
mod rollout;
mod run;
mod step;

use std::fmt;
use std::future::Future;
use std::time::Duration;

use futures_util::future::{Either, select};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};

use super::Engine;
use super::change::By;
use crate::authz::{Actor, SystemActor};
use crate::port::{ClaimRequest, Lease, Stop, WorkKey, WorkerId};

/// How a worker works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkerConfig {
    /// How many pieces of work it carries out at once.
    pub concurrency: u16,
    /// How long a lease holds unless it is renewed, which happens every third of it.
    pub lease: Duration,
    /// How long it waits before it looks for work again.
    pub poll: Duration,
    /// How long a release whose gates are closed waits before they are asked again.
    pub blocked: Duration,
}

impl Default for WorkerConfig {
    fn default() -> Self {
        Self {
            concurrency: 8,
            lease: Duration::from_secs(15),
            poll: Duration::from_millis(250),
            blocked: Duration::from_secs(1),
        }
    }
}

/// Claims work and carries it out.
pub struct Worker {
    engine: Engine,
    config: WorkerConfig,
    id: WorkerId,
}

impl Engine {
    /// A worker, as a future for the host's own runtime: see [`Worker::run`].
    #[must_use]
    pub fn worker(&self, config: WorkerConfig) -> Worker {
        let id = WorkerId(self.0.ids.uuid(crate::time::Timestamp::EPOCH));
        Worker { engine: self.clone(), config, id }
    }
}

impl Worker {
    /// Works until `shutdown` completes; then claims no more, stops what it can and gives the rest back.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) {
        let (stopping, stop) = Stop::pair();
        let mut stopping = Some(stopping);
        let mut shutdown = std::pin::pin!(shutdown);
        let mut under_way = FuturesUnordered::new();
        while stopping.is_some() || !under_way.is_empty() {
            if stopping.is_some() {
                let free = usize::from(self.config.concurrency).saturating_sub(under_way.len());
                for lease in self.claim(free).await {
                    under_way.push(self.carry_out(lease, stop.clone()));
                }
            }
            // A commit in this process may have made something due; another process's is found by polling.
            let news = select(self.engine.0.committed.listen(), self.engine.0.timer.sleep(self.config.poll));
            let progress = async {
                if under_way.is_empty() { std::future::pending().await } else { under_way.next().await }
            };
            let next = select(progress.boxed(), news);
            if stopping.is_none() {
                next.await;
                continue;
            }
            if let Either::Left(_) = select(shutdown.as_mut(), next).await {
                stopping.take();
            }
        }
    }

    async fn claim(&self, free: usize) -> Vec<Lease> {
        let Some(limit) = u16::try_from(free).ok().filter(|limit| *limit > 0) else { return Vec::new() };
        let lease_micros = micros(self.config.lease);
        let request = ClaimRequest { worker: self.id, limit, lease_micros };
        match self.engine.store().claim(request).await {
            Ok(leases) => leases,
            Err(error) => {
                tracing::warn!(%error, "no work can be claimed");
                Vec::new()
            }
        }
    }

    async fn carry_out(&self, lease: Lease, shutdown: Stop) {
        let work = lease.work;
        let outcome = match work {
            WorkKey::CiRun(run) => run::Attempt::new(self, &lease, run).carry_out(shutdown).await,
            WorkKey::Release(release) => {
                rollout::Rollout::new(self, &lease, release).carry_out(shutdown).await
            }
        };
        let given_up = match outcome {
            Ok(Next::Done) => self.engine.store().ack(&lease).await,
            Ok(Next::At(due)) => self.engine.store().release(&lease, due).await,
            Err(error) => {
                tracing::warn!(?work, %error, "work was interrupted and will be taken up again");
                let due = lease.now.plus_micros(micros(self.config.blocked));
                self.engine.store().release(&lease, due).await
            }
        };
        if let Err(error) = given_up {
            tracing::debug!(?work, %error, "the lease was gone before it was given up");
        }
    }

    /// Waits for a commit in this process, or for a while: another process may have committed.
    async fn news(&self) {
        select(self.engine.0.committed.listen(), self.engine.0.timer.sleep(self.config.poll)).await;
    }

    fn by(&self, lease: &Lease) -> By {
        By {
            tenant: lease.tenant.clone(),
            actor: Actor::System { part: SystemActor::Worker },
            request_id: None,
            trace: None,
        }
    }
}

/// When to look at a piece of work again.
enum Next {
    /// When the last commit says.
    Done,
    /// At this time, or earlier when a commit says so.
    At(crate::time::Timestamp),
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("id", &self.id).field("config", &self.config).finish_non_exhaustive()
    }
}
