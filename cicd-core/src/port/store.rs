//! The store contract.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::{
    ChangeSet, ClaimRequest, EventQuery, Lease, ListQuery, Load, Record, RecordKey, Snapshot, Standing,
    StoredOutcome,
};
use crate::audit::{Chain, ChainHead, StoredEvent};
use crate::authz::Token;
use crate::digest::Digest;
use crate::id::{DeploymentId, ReleaseId, TenantId, TokenId};
use crate::page::{Limit, Page};
use crate::time::Timestamp;

/// Why a store did not do what it was asked to. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A row has another version than the change expected: load and decide again.
    #[error("{what} has changed")]
    Stale {
        /// The row.
        what: RecordKey,
    },
    /// Roles, policies, freezes or locks have changed: load and decide again.
    #[error("roles, policies, freezes or locks have changed")]
    GovernanceMoved,
    /// The lease under which the change was made no longer holds.
    #[error("the lease no longer holds")]
    LeaseLost,
    /// Another release executes on the deployment.
    #[error("release `{release}` executes on the deployment")]
    Occupied {
        /// The other release.
        release: ReleaseId,
    },
    /// The operation was carried out before: this is its outcome.
    #[error("the operation was carried out before")]
    Duplicate {
        /// The outcome.
        outcome: Box<StoredOutcome>,
    },
    /// The store can't be reached, is full or is read-only.
    #[error("the store is unavailable: {message}")]
    Unavailable {
        /// What went wrong.
        message: String,
    },
    /// What is stored can't be read: it was altered, or written by a newer binary.
    #[error("the store is corrupt: {message}")]
    Corrupt {
        /// What was found.
        message: String,
    },
    /// The change itself can't be applied: a defect of the caller.
    #[error("the change can't be applied: {message}")]
    Invalid {
        /// Why.
        message: String,
    },
}

/// What was committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The time of the commit.
    pub at: Timestamp,
    /// The sequence of the last event that the change appended to the ledger; the ledger's last one when it appended none.
    pub seq: u64,
    /// The tenant's governance epoch after the commit.
    pub governance_epoch: u64,
    /// The rows as the commit left them; deleted ones are left out.
    pub records: Vec<Record>,
}

/// Keeps everything.
///
/// - `load` reads all of one moment; a row of another tenant is not there.
/// - `commit` is whole or not at all. Checked in this order: the operation (`Duplicate`), the lease (`LeaseLost`), the
///   governance epoch (`GovernanceMoved`), each row that is written or was relied on, in the order of keys (`Stale`), the
///   slot (`Occupied`). Nobody is answered before the change is durable.
/// - What writes rows, governs or stores an outcome has an event in the ledger, else it is `Invalid`.
/// - At most one release executes per deployment, by a constraint, not by code that looks first.
/// - A commit appends its events to the tenant's chains in order, without gaps; their time is the store's and never goes
///   back. A governance change makes the epoch one more.
/// - A commit that writes a run or a release sets when its work is due to [`Record::due`] and leaves the lease as it is.
/// - Every revision of a row that has revisions is kept.
/// - `claim` gives each piece of due work to one worker, under an epoch one higher than before; `renew`, `release` and
///   `ack` fail with `LeaseLost` unless the lease is the latest and holds.
/// - Events are never changed or removed.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Reads what a decision needs.
    async fn load(&self, tenant: &TenantId, load: &Load) -> Result<Snapshot, StoreError>;

    /// Commits a change.
    async fn commit(&self, change: ChangeSet) -> Result<Committed, StoreError>;

    /// One page of rows, after the key that the last page gave.
    async fn list(
        &self,
        tenant: &TenantId,
        query: &ListQuery,
        after: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Record>, StoreError>;

    /// How things stand at each of a few deployments, none named twice, in their order. A store that can, reads all of them at once, as
    /// overviews ask for pages of them; this reads one after the other.
    async fn standings(
        &self,
        tenant: &TenantId,
        deployments: &[DeploymentId],
    ) -> Result<Vec<Standing>, StoreError> {
        let mut standings = Vec::with_capacity(deployments.len());
        for id in deployments {
            standings.push(self.load(tenant, &Load::deployment(id.clone())).await?.into());
        }
        Ok(standings)
    }

    /// Events of a chain.
    async fn events(&self, tenant: &TenantId, query: &EventQuery) -> Result<Vec<StoredEvent>, StoreError>;

    /// The end of a chain.
    async fn head(&self, tenant: &TenantId, chain: Chain) -> Result<ChainHead, StoreError>;

    /// Every tenant that has an event.
    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError>;

    /// The token with this hash, whose it is, and the store's time.
    async fn token(&self, hash: Digest) -> Result<Option<(TenantId, Token, Timestamp)>, StoreError>;

    /// Notes that a token was used at `at`, unless a later use is known. It changes no state and writes no event.
    async fn use_token(&self, tenant: &TenantId, token: TokenId, at: Timestamp) -> Result<(), StoreError>;

    /// When each of a few tokens was last used, as far as that was noted.
    async fn token_uses(
        &self,
        tenant: &TenantId,
        tokens: &[TokenId],
    ) -> Result<BTreeMap<TokenId, Timestamp>, StoreError>;

    /// Claims work that is due, the longest due first.
    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Lease>, StoreError>;

    /// Holds a lease for `lease_micros` microseconds from now.
    async fn renew(&self, lease: &Lease, lease_micros: u64) -> Result<Lease, StoreError>;

    /// Gives a lease up and asks that the work be done at `due`; a commit on the row after that decides anew.
    async fn release(&self, lease: &Lease, due: Timestamp) -> Result<(), StoreError>;

    /// Gives a lease up; the work is due when the last commit said.
    async fn ack(&self, lease: &Lease) -> Result<(), StoreError>;
}
