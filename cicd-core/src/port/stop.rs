//! A signal to stop, sent once.

use std::fmt;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};

/// Fires when its [`StopHandle`] is used or dropped. Clones fire together.
#[derive(Clone)]
pub struct Stop(Shared<BoxFuture<'static, ()>>);

/// Fires a [`Stop`].
#[derive(Debug)]
pub struct StopHandle(
    #[expect(dead_code, reason = "dropping it is what fires the signal")] futures_channel::oneshot::Sender<()>,
);

impl Stop {
    /// A signal and what fires it.
    #[must_use]
    pub fn pair() -> (StopHandle, Self) {
        let (sender, receiver) = futures_channel::oneshot::channel::<()>();
        (StopHandle(sender), Self(receiver.map(|_| ()).boxed().shared()))
    }

    /// A signal that never fires.
    #[must_use]
    pub fn never() -> Self {
        Self(std::future::pending().boxed().shared())
    }

    /// Waits for the signal.
    pub async fn requested(&self) {
        self.0.clone().await;
    }

    /// Whether the signal has been sent.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.requested().now_or_never().is_some()
    }
}

impl StopHandle {
    /// Sends the signal.
    pub fn stop(self) {
        drop(self);
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stop").field("requested", &self.is_requested()).finish()
    }
}
