//! What is kept of one tenant.

use std::collections::{BTreeMap, HashMap};

use super::events::ChainRows;
use super::lease::Work;
use crate::audit::Chain;
use crate::authz::Token;
use crate::digest::Digest;
use crate::id::{DeploymentId, PrincipalId, ReleaseId, RowVersion, TokenId};
use crate::port::{OperationKey, Record, RecordKey, RecordKind, StoredOutcome, WorkKey};
use crate::time::Timestamp;

/// Everything of one tenant.
#[derive(Default)]
pub(super) struct Tenant {
    pub(super) rows: BTreeMap<RecordKey, Row>,
    /// The row as each of its revisions left it.
    pub(super) revisions: BTreeMap<(RecordKey, u32), Record>,
    /// The release that executes on each deployment: the key is the constraint.
    pub(super) slots: BTreeMap<DeploymentId, ReleaseId>,
    pub(super) outcomes: HashMap<OperationId, (Timestamp, StoredOutcome)>,
    pub(super) work: BTreeMap<WorkKey, Work>,
    pub(super) token_uses: BTreeMap<TokenId, Timestamp>,
    pub(super) ledger: ChainRows,
    pub(super) security: ChainRows,
    pub(super) governance_epoch: u64,
}

/// A row, and where in the ledger the commits stand that it is ordered by.
pub(super) struct Row {
    pub(super) record: Record,
    /// The commit that made it.
    pub(super) born: u64,
    /// The commit that started the rollout of a release.
    pub(super) started: Option<u64>,
}

/// An operation under its caller's key: the fingerprint is part of the outcome, not of the identity.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct OperationId {
    principal: PrincipalId,
    operation: String,
    key: String,
}

impl From<&OperationKey> for OperationId {
    fn from(key: &OperationKey) -> Self {
        Self { principal: key.principal.clone(), operation: key.operation.clone(), key: key.key.clone() }
    }
}

impl Tenant {
    pub(super) const fn chain(&self, chain: Chain) -> &ChainRows {
        match chain {
            Chain::Ledger => &self.ledger,
            Chain::Security => &self.security,
        }
    }

    pub(super) fn version(&self, key: &RecordKey) -> RowVersion {
        self.rows.get(key).map_or(RowVersion::ABSENT, |row| row.record.row_version())
    }

    /// The rows of `kind`, by their keys.
    pub(super) fn of_kind(&self, kind: RecordKind) -> impl Iterator<Item = &Row> {
        let first = RecordKey { kind, id: String::new() };
        self.rows.range(first..).take_while(move |(key, _)| key.kind == kind).map(|(_, row)| row)
    }

    /// The row `id`, as what it is.
    pub(super) fn row<T: TryFrom<Record>>(&self, kind: RecordKind, id: impl ToString) -> Option<T> {
        let row = self.rows.get(&RecordKey::new(kind, id))?;
        T::try_from(row.record.clone()).ok()
    }

    /// The token with `hash`.
    pub(super) fn token(&self, hash: Digest) -> Option<&Token> {
        self.of_kind(RecordKind::Token).find_map(|row| match &row.record {
            Record::Token(token) if token.hash == hash => Some(token),
            _ => None,
        })
    }
}
