//! One change: everything that is committed together, or not at all.

use super::{OperationKey, Record, RecordKey, RecordKind, WorkKey};
use crate::audit::AuditEvent;
use crate::ci::run::{CiRun, RunEvent};
use crate::id::{RowVersion, TenantId};
use crate::release::Release;
use crate::release::apply::ApplyError;
use crate::release::event::ReleaseEvent;
use crate::time::Timestamp;

/// One row to write. The store stamps its time and its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// What happened to a release.
    Release {
        /// The row before; `None` for a new one.
        before: Option<Box<Release>>,
        /// What happened.
        events: Vec<ReleaseEvent>,
    },
    /// What happened to a CI run.
    CiRun {
        /// The row before; `None` for a new one.
        before: Option<Box<CiRun>>,
        /// What happened.
        events: Vec<RunEvent>,
    },
    /// A row as it shall be; its `row_version` is still the one before the change.
    Put(Box<Record>),
    /// A row that shall be gone.
    Delete {
        /// Its key.
        key: RecordKey,
        /// Its version before the change.
        expected: RowVersion,
    },
}

/// A row as the commit leaves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedRow {
    /// Its key.
    pub key: RecordKey,
    /// Its version before the change; [`RowVersion::ABSENT`] for a new one.
    pub expected: RowVersion,
    /// What becomes of it.
    pub row: Resolved,
}

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "nearly every row that is resolved is written")]
pub enum Resolved {
    /// It is written.
    Put(Record),
    /// It is deleted.
    Delete,
}

/// Why nobody can tell which rows a change leaves.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// Events don't follow from the row before.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// A denial that also writes rows, governs or stores an outcome.
    #[error("a denial changes nothing; accepted: a change that an event in the ledger records")]
    Unrecorded,
}

/// Everything that is committed together, for one tenant. It can't be built without an audit event, and what changes
/// anything has one in the ledger.
#[derive(Clone, Debug)]
pub struct ChangeSet {
    tenant: TenantId,
    ledger: Vec<AuditEvent>,
    security: Vec<AuditEvent>,
    writes: Vec<Write>,
    relied_on: Vec<(RecordKey, RowVersion)>,
    governance_epoch: Option<u64>,
    governs: bool,
    lease: Option<(WorkKey, u64)>,
    operation: Option<(OperationKey, RecordKey)>,
}

impl ChangeSet {
    /// A change that `event` records in the tenant's ledger.
    #[must_use]
    pub fn new(tenant: TenantId, event: AuditEvent) -> Self {
        Self {
            tenant,
            ledger: vec![event],
            security: Vec::new(),
            writes: Vec::new(),
            relied_on: Vec::new(),
            governance_epoch: None,
            governs: false,
            lease: None,
            operation: None,
        }
    }

    /// A denial, which changes nothing but the tenant's security chain; merged into a change, it is recorded with it.
    #[must_use]
    pub fn denial(tenant: TenantId, event: AuditEvent) -> Self {
        let mut change = Self::new(tenant, event);
        std::mem::swap(&mut change.ledger, &mut change.security);
        change
    }

    /// Records one more event in the ledger.
    pub fn record(&mut self, event: AuditEvent) {
        self.ledger.push(event);
    }

    /// Writes one more row.
    pub fn write(&mut self, write: Write) {
        self.writes.push(write);
    }

    /// Takes over what `other` records, writes and relies on. Both are of one tenant.
    pub fn merge(&mut self, other: Self) {
        self.ledger.extend(other.ledger);
        self.security.extend(other.security);
        self.writes.extend(other.writes);
        self.relied_on.extend(other.relied_on);
        self.governs |= other.governs;
    }

    /// The decision relied on the row `key` having this version.
    pub fn rely_on(&mut self, key: RecordKey, version: RowVersion) {
        self.relied_on.push((key, version));
    }

    /// The decision relied on the roles, policies, freezes and locks of this governance epoch.
    pub const fn under_governance(&mut self, epoch: u64) {
        self.governance_epoch = Some(epoch);
    }

    /// The change is to roles, policies, freezes or locks: the governance epoch grows.
    pub const fn governs(&mut self) {
        self.governs = true;
    }

    /// The change is a holder's: it commits only while the lease of this epoch holds.
    pub const fn under_lease(&mut self, work: WorkKey, epoch: u64) {
        self.lease = Some((work, epoch));
    }

    /// Stores the row `key`, as the commit leaves it, as the outcome of `operation`; `null` where the row is gone.
    pub fn answers(&mut self, operation: OperationKey, key: RecordKey) {
        self.operation = Some((operation, key));
    }

    /// The tenant.
    #[must_use]
    pub const fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// What is recorded in the ledger.
    #[must_use]
    pub fn ledger_events(&self) -> &[AuditEvent] {
        &self.ledger
    }

    /// What is recorded in the security chain.
    #[must_use]
    pub fn security_events(&self) -> &[AuditEvent] {
        &self.security
    }

    /// The rows to write, in no order.
    #[must_use]
    pub fn writes(&self) -> &[Write] {
        &self.writes
    }

    /// The rows that the decision relied on, and their versions.
    #[must_use]
    pub fn relied_on(&self) -> &[(RecordKey, RowVersion)] {
        &self.relied_on
    }

    /// The governance epoch that the decision relied on.
    #[must_use]
    pub const fn governance_epoch(&self) -> Option<u64> {
        self.governance_epoch
    }

    /// Whether the governance epoch grows.
    #[must_use]
    pub const fn is_governance(&self) -> bool {
        self.governs
    }

    /// The lease under which the change is made.
    #[must_use]
    pub const fn lease(&self) -> Option<(WorkKey, u64)> {
        self.lease
    }

    /// The operation whose outcome this is, and the row that is the outcome.
    #[must_use]
    pub const fn operation(&self) -> Option<&(OperationKey, RecordKey)> {
        self.operation.as_ref()
    }

    /// The rows as a commit at `at` leaves them, in the order of their keys: stores take their locks in this order.
    ///
    /// # Errors
    /// [`ResolveError`] when events don't follow from the row before, or nothing in the ledger records the change.
    pub fn resolve(&self, at: Timestamp) -> Result<Vec<ResolvedRow>, ResolveError> {
        if self.ledger.is_empty() && (!self.writes.is_empty() || self.governs || self.operation.is_some()) {
            return Err(ResolveError::Unrecorded);
        }
        let mut rows = self.writes.iter().map(|write| resolve(write, at)).collect::<Result<Vec<_>, _>>()?;
        rows.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(rows)
    }
}

fn resolve(write: &Write, at: Timestamp) -> Result<ResolvedRow, ApplyError> {
    let absent = ApplyError { event: "none", state: "absent" };
    match write {
        Write::Release { before, events } => {
            let expected = before.as_ref().map_or(RowVersion::ABSENT, |row| row.row_version);
            let row = Release::fold(before.as_deref().cloned(), events.iter().map(|event| (event, at)))?;
            let record = Record::Release(row.ok_or(absent)?);
            Ok(ResolvedRow { key: record.key(), expected, row: Resolved::Put(record) })
        }
        Write::CiRun { before, events } => {
            let expected = before.as_ref().map_or(RowVersion::ABSENT, |row| row.row_version);
            let mut run = before.as_deref().cloned();
            for event in events {
                let refused = ApplyError { event: event.kind(), state: "run" };
                run = Some(CiRun::apply(run, event, at).map_err(|_| refused)?);
            }
            let record = Record::CiRun(run.ok_or(absent)?);
            Ok(ResolvedRow { key: record.key(), expected, row: Resolved::Put(record) })
        }
        Write::Put(record) => {
            let expected = record.row_version();
            let record = (**record).clone().stamped(at);
            Ok(ResolvedRow { key: record.key(), expected, row: Resolved::Put(record) })
        }
        Write::Delete { key, expected } => {
            Ok(ResolvedRow { key: key.clone(), expected: *expected, row: Resolved::Delete })
        }
    }
}

impl WorkKey {
    /// The row that the work is about.
    #[must_use]
    pub fn record(&self) -> RecordKey {
        match self {
            Self::CiRun(id) => RecordKey::new(RecordKind::CiRun, id),
            Self::Release(id) => RecordKey::new(RecordKind::Release, id),
        }
    }
}
