//! The one place that knows tokio: a timer, and workers as tasks.

use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::task::JoinHandle;

use super::{Engine, Timer, WorkerConfig};
use crate::port::{Stop, StopHandle};

/// Waits with tokio's timer.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioTimer;

impl Timer for TokioTimer {
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        tokio::time::sleep(duration).boxed()
    }
}

/// Workers that run as a task. Dropping this stops them at once; [`Workers::drain`] lets them finish.
#[derive(Debug)]
pub struct Workers {
    stop: Option<StopHandle>,
    task: JoinHandle<()>,
}

impl Engine {
    /// Starts a worker as a task of the current tokio runtime.
    ///
    /// # Panics
    /// Outside of a tokio runtime, as [`tokio::spawn`] does.
    #[must_use]
    pub fn spawn_workers(&self, config: WorkerConfig) -> Workers {
        let (stop, requested) = Stop::pair();
        let worker = self.worker(config);
        let task = tokio::spawn(async move { worker.run(async move { requested.requested().await }).await });
        Workers { stop: Some(stop), task }
    }
}

impl Workers {
    /// Claims no more work and waits for what is under way, at most for `patience`; what is left then is stopped, and
    /// taken up again by another host or by the next start. Says whether all of it finished.
    pub async fn drain(mut self, patience: Duration) -> bool {
        self.stop.take();
        tokio::time::timeout(patience, &mut self.task).await.is_ok()
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.task.abort();
    }
}
