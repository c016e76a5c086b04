//! The facts of a decision, from what was loaded.

use std::collections::{BTreeMap, BTreeSet};

use crate::cd::PolicyFloor;
use crate::id::{PrincipalId, ReleaseId, Role, RowVersion};
use crate::port::{Record, RecordKey, RecordKind, Snapshot};
use crate::release::Release;
use crate::release::facts::Facts;
use crate::release::ledger::overtaken_by;
use crate::release::state::State;
use crate::service::{Deployment, Tier};

/// The roles of the persons that a decision is about.
pub(super) type Roles = BTreeMap<PrincipalId, BTreeSet<Role>>;

/// What the tier of `deployment` asks for: what is stored, else the default.
pub(super) fn floor(snapshot: &Snapshot, tier: Tier) -> PolicyFloor {
    let stored = snapshot.floor.clone().filter(|floor| floor.tier == tier);
    stored.unwrap_or_else(|| PolicyFloor::default_for(tier))
}

/// The facts for a decision on a release of `deployment`.
pub(super) fn facts(snapshot: &Snapshot, deployment: &Deployment, roles: Roles) -> Facts {
    Facts {
        now: snapshot.now,
        lease_epoch: snapshot.lease_epoch,
        deployment_revision: deployment.revision,
        cd_config_revision: snapshot.cd_config.as_ref().map(|config| config.revision),
        minimum_votes: floor(snapshot, deployment.spec.tier).minimum_votes,
        freezes: snapshot.freezes.clone(),
        locks: snapshot.locks.clone(),
        hold: deployment.hold.clone(),
        executing: snapshot.executing.as_ref().map(Release::id),
        ahead: ahead(snapshot),
        overtaken_by: snapshot
            .release
            .as_ref()
            .and_then(|release| overtaken_by(release, snapshot.latest_executed.as_ref())),
        roles,
    }
}

/// The release that was approved before the one that was asked for, and waits for the same deployment.
fn ahead(snapshot: &Snapshot) -> Option<ReleaseId> {
    let subject = snapshot.release.as_ref().map(Release::id);
    let approved = snapshot.waiting.iter().filter_map(|waiting| match waiting.state {
        State::Approved { approved_at, .. } => Some((approved_at, waiting.id())),
        _ => None,
    });
    let mine = approved.clone().find(|(_, id)| Some(*id) == subject);
    approved.filter(|other| mine.is_none_or(|mine| *other < mine)).min().map(|(_, id)| id)
}

/// The rows of the snapshot that a decision on a deployment relies on, with their versions.
pub(super) fn relied_on(snapshot: &Snapshot, deployment: &Deployment) -> Vec<(RecordKey, RowVersion)> {
    let config = RecordKey::new(RecordKind::CdConfig, &deployment.id);
    let config_version = snapshot.cd_config.as_ref().map_or(RowVersion::ABSENT, |config| config.row_version);
    vec![(Record::Deployment(deployment.clone()).key(), deployment.row_version), (config, config_version)]
}
