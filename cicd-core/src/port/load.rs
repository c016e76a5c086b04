//! What a decision needs, in one read.

use super::{OperationKey, Record, RecordKey, StoredOutcome};
use crate::authz::PolicySnapshot;
use crate::cd::{CdConfig, PolicyFloor};
use crate::ci::CiConfig;
use crate::ci::run::CiRun;
use crate::gate::{Freeze, Lock};
use crate::id::{CiRunId, DeploymentId, ReleaseId, ServiceId};
use crate::release::Release;
use crate::release::ledger::LedgerEntry;
use crate::release::queue::Queue;
use crate::service::{Deployment, Service};
use crate::time::Timestamp;

/// What to load. A release brings its deployment and its lease, a deployment its service, a run its service and its lease.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// A service, with its CI config.
    pub service: Option<ServiceId>,
    /// A deployment, with all that decides what may happen on it.
    pub deployment: Option<DeploymentId>,
    /// A release.
    pub release: Option<ReleaseId>,
    /// A CI run.
    pub run: Option<CiRunId>,
    /// Any other row.
    pub record: Option<RecordKey>,
    /// The operation of which an earlier outcome may be stored.
    pub operation: Option<OperationKey>,
}

impl Load {
    /// The tenant only.
    #[must_use]
    pub fn tenant() -> Self {
        Self::default()
    }

    /// A service.
    #[must_use]
    pub fn service(id: ServiceId) -> Self {
        Self { service: Some(id), ..Self::default() }
    }

    /// A deployment.
    #[must_use]
    pub fn deployment(id: DeploymentId) -> Self {
        Self { deployment: Some(id), ..Self::default() }
    }

    /// A release.
    #[must_use]
    pub fn release(id: ReleaseId) -> Self {
        Self { release: Some(id), ..Self::default() }
    }

    /// A CI run.
    #[must_use]
    pub fn run(id: CiRunId) -> Self {
        Self { run: Some(id), ..Self::default() }
    }

    /// Any other row.
    #[must_use]
    pub fn record(key: RecordKey) -> Self {
        Self { record: Some(key), ..Self::default() }
    }

    /// The same, with the operation of which an earlier outcome may be stored.
    #[must_use]
    pub fn under(mut self, operation: Option<OperationKey>) -> Self {
        self.operation = operation;
        self
    }
}

/// What was loaded, all of one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The store's time.
    pub now: Timestamp,
    /// The sequence of the tenant's last ledger event.
    pub ledger_seq: u64,
    /// The tenant's grants at its governance epoch.
    pub policy: PolicySnapshot,
    /// The earlier outcome of the operation.
    pub outcome: Option<StoredOutcome>,
    /// The service that was asked for, or that the deployment or the run belongs to.
    pub service: Option<Service>,
    /// The service's CI config.
    pub ci_config: Option<CiConfig>,
    /// The highest revision of the service's CI config that was ever kept, deleted ones too; zero without any.
    pub last_ci_revision: u32,
    /// The deployment that was asked for, or that the release goes to.
    pub deployment: Option<Deployment>,
    /// The deployment's CD config.
    pub cd_config: Option<CdConfig>,
    /// The highest revision of the deployment's CD config that was ever kept, deleted ones too; zero without any.
    pub last_cd_revision: u32,
    /// The policy floor that is stored for the deployment's tier.
    pub floor: Option<PolicyFloor>,
    /// With a deployment: the tenant's freezes that have not ended, by their keys.
    pub freezes: Vec<Freeze>,
    /// The deployment's locks that have not expired, by their keys.
    pub locks: Vec<Lock>,
    /// The release that executes on the deployment.
    pub executing: Option<Release>,
    /// The releases that wait for votes or gates of the deployment, by the commits that made them, the first one first.
    pub waiting: Vec<Release>,
    /// The deployment's queue; `None` before its first release.
    pub queue: Option<Queue>,
    /// The release of the deployment that started last, by its commit, not by its time: of those that execute, succeeded
    /// or failed. What is rolled back is left out, because what ran before runs again.
    pub latest_executed: Option<Release>,
    /// The deployment's stable ledger, newest first: at most [`Snapshot::MOST_LEDGER_ENTRIES`].
    pub ledger: Vec<LedgerEntry>,
    /// The release that was asked for.
    pub release: Option<Release>,
    /// The releases that the success of the release that was asked for undoes, where it is a rollback.
    pub undone: Vec<Release>,
    /// The CI run that was asked for.
    pub run: Option<CiRun>,
    /// The epoch of the unexpired lease on the release or run that was asked for; zero when nobody holds one.
    pub lease_epoch: u64,
    /// The other row that was asked for.
    pub record: Option<Record>,
}

impl Snapshot {
    /// The most ledger entries that a load brings; older ones stay in the store.
    pub const MOST_LEDGER_ENTRIES: usize = 200;
}
