//! What a decision relies on beside the release itself. The commit checks that all of it still holds.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Release;
use crate::gate::{Freeze, Lock};
use crate::id::{PrincipalId, ReleaseId, Role};
use crate::service::Hold;
use crate::time::Timestamp;

/// What a decision on a release relies on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Nothing in the way of `release`: revisions and voters are as they were, no freeze, lock or hold, the slot free.
    #[must_use]
    pub fn undisturbed(release: &Release) -> Self {
        let content = &release.spec.content;
        let mut roles: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for vote in &release.votes {
            roles.entry(vote.person.clone()).or_default().insert(vote.role.clone());
        }
        Self {
            now: release.updated_at,
            lease_epoch: 0,
            deployment_revision: content.deployment_revision,
            cd_config_revision: Some(content.cd_config_revision),
            minimum_votes: 0,
            freezes: Vec::new(),
            locks: Vec::new(),
            hold: None,
            executing: None,
            ahead: None,
            overtaken_by: None,
            roles,
        }
    }

    /// Whether `person` holds `role` on the deployment.
    #[must_use]
    pub fn holds(&self, person: &PrincipalId, role: &Role) -> bool {
        self.roles.get(person).is_some_and(|roles| roles.contains(role))
    }
}
