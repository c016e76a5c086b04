//! A look at the store: where the ledger ends, and who may what.

use super::{Engine, EngineError, HeadOf, TenantId};
use crate::authz::PolicySnapshot;
use crate::port::{Load, Moment};

/// What a look found.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub(super) seq: u64,
    pub(super) policy: PolicySnapshot,
}

impl Engine {
    /// Looks, after the cache was asked at `since`, and teaches the cache what was found.
    pub(super) async fn look_anew(
        self,
        tenant: TenantId,
        of: Vec<HeadOf>,
        since: Moment,
    ) -> Result<Look, EngineError> {
        let snapshot = self.store().load(&tenant, &Load::tenant()).await?;
        if let Some(pages) = &self.0.pages {
            pages.cache.learn(&tenant, &of, snapshot.ledger_seq, since).await;
        }
        Ok(Look { seq: snapshot.ledger_seq, policy: snapshot.policy })
    }
}
