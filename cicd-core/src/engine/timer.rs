//! Waiting: the host's runtime knows how.

use std::time::Duration;

use futures_util::future::BoxFuture;

/// Waits.
pub trait Timer: Send + Sync + 'static {
    /// Completes after `duration`, or a little later.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}
