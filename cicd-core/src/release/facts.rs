//! What a decision relies on beside the release itself. The commit checks that all of it still holds.

use std::collections::{BTreeMap, BTreeSet};

use crate::gate::{Freeze, Lock};
use crate::id::{PrincipalId, ReleaseId, Role};
use crate::service::Hold;
use crate::time::Timestamp;

/// What a decision on a release relies on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The store's time.
    pub now: Timestamp,
    /// The epoch of the unexpired lease on the release; zero when nobody holds one.
    pub lease_epoch: u64,
    /// The current revision of the deployment.
    pub deployment_revision: u32,
    /// The current revision of the CD config; `None` when it was deleted.
    pub cd_config_revision: Option<u32>,
    /// The fewest votes that the tier's policy floor allows.
    pub minimum_votes: u32,
    /// The freezes of the tenant.
    pub freezes: Vec<Freeze>,
    /// The locks on the deployment.
    pub locks: Vec<Lock>,
    /// Why nothing may start on the deployment.
    pub hold: Option<Hold>,
    /// The release that executes on the deployment.
    pub executing: Option<ReleaseId>,
    /// The release that was approved earlier and waits for the deployment.
    pub ahead: Option<ReleaseId>,
    /// Where the release is a rollback: a release that started on the deployment after the rollback was asked for, as
    /// [`ledger::overtaken_by`](super::ledger::overtaken_by) finds it.
    pub overtaken_by: Option<ReleaseId>,
    /// The roles that each voter, and the person who votes now, holds on the deployment.
    pub roles: BTreeMap<PrincipalId, BTreeSet<Role>>,
}

impl Facts {
    /// Whether `person` holds `role` on the deployment.
    #[must_use]
    pub fn holds(&self, person: &PrincipalId, role: &Role) -> bool {
        self.roles.get(person).is_some_and(|roles| roles.contains(role))
    }
}
