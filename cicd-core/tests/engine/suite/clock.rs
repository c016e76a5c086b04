//! A clock that runs, and jumps when it is told to; what waits for it wakes up with the jump.

use std::sync::Arc;
use std::time::Duration;

use cicd_core::engine::Timer;
use cicd_core::memory::Clock;
use cicd_core::time::Timestamp;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio::time::Instant;

/// Real time plus what it was told to jump. Clones are the same clock.
#[derive(Clone)]
pub(crate) struct TestClock {
    began: Instant,
    start: Timestamp,
    jumped: Arc<watch::Sender<i64>>,
}

impl TestClock {
    pub(crate) fn new() -> Self {
        let start = "2026-11-22T09:00:00Z".parse().unwrap();
        Self { began: Instant::now(), start, jumped: Arc::new(watch::Sender::new(0)) }
    }

    /// Moves time on, at once.
    pub(crate) fn jump(&self, seconds: u64) {
        self.jumped.send_modify(|micros| *micros += i64::try_from(seconds).unwrap() * 1_000_000);
    }

    /// Sets the time back.
    pub(crate) fn set_back(&self, seconds: i64) {
        self.jumped.send_modify(|micros| *micros -= seconds * 1_000_000);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let real = i64::try_from(self.began.elapsed().as_micros()).unwrap();
        Timestamp::from_micros(self.start.as_micros() + real + *self.jumped.borrow())
    }
}

impl Timer for TestClock {
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let clock = self.clone();
        let until = self.now().plus_micros(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX));
        async move {
            let mut jumps = clock.jumped.subscribe();
            loop {
                let left = until.micros_since(clock.now());
                if left == 0 {
                    return;
                }
                let _ = tokio::time::timeout(Duration::from_micros(left), jumps.changed()).await;
            }
        }
        .boxed()
    }
}
