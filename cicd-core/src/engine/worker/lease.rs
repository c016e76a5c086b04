//! Holding a lease while work goes on.

use std::future::Future;

use futures_util::future::{Either, select};

use super::{Worker, micros};
use crate::engine::EngineError;
use crate::port::{Lease, StoreError};
use crate::release::refusal::Refusal;

impl Worker {
    /// Carries out `work` for as long as the lease holds; drops it when the lease is lost, or can't be renewed for so long
    /// that another worker may soon hold it.
    pub(super) async fn holding<T>(
        &self,
        lease: &Lease,
        work: impl Future<Output = Result<T, EngineError>>,
    ) -> Result<T, EngineError> {
        let work = std::pin::pin!(work);
        let lost = std::pin::pin!(self.until_lost(lease));
        match select(work, lost).await {
            Either::Left((done, _)) => done,
            Either::Right(((), _)) => {
                Err(Refusal::LeaseLost { epoch: lease.epoch, current: lease.epoch.saturating_add(1) }.into())
            }
        }
    }

    async fn until_lost(&self, lease: &Lease) {
        let mut lease = lease.clone();
        let mut failures = 0_u8;
        // Two renewals in three thirds of a lease may fail; then it is time to stop, by this host's own clock.
        while failures < 2 {
            self.engine.0.timer.sleep(self.config.lease / 3).await;
            match self.engine.store().renew(&lease, micros(self.config.lease)).await {
                Ok(renewed) => {
                    failures = 0;
                    lease = renewed;
                }
                Err(StoreError::LeaseLost) => return,
                Err(error) => {
                    failures = failures.saturating_add(1);
                    tracing::warn!(work = ?lease.work, %error, "the lease could not be renewed");
                }
            }
        }
    }
}
