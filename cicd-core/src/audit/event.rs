//! Audit events before and after they are committed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::authz::Actor;
use crate::digest::Digest;
use crate::id::{CiRunId, DeploymentId, ReleaseId, ServiceId};
use crate::json::{self, CanonicalError};
use crate::time::Timestamp;

/// The two chains of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Chain {
    /// What changed.
    Ledger,
    /// What was denied.
    Security,
}

impl Chain {
    /// The chain's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ledger => "ledger",
            Self::Security => "security",
        }
    }
}

/// The kind of thing that an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each name is the aggregate of the same name")]
pub enum SubjectKind {
    Tenant,
    Service,
    Deployment,
    CiConfig,
    CdConfig,
    CiRun,
    Release,
    LedgerEntry,
    PolicyFloor,
    Freeze,
    Lock,
    Grant,
    Token,
    Source,
}

/// What an event is about, and what else it touches, so that lists can filter by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Subject {
    /// The kind of thing.
    pub kind: SubjectKind,
    /// Its id.
    pub id: String,
    /// The service that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub service: Option<ServiceId>,
    /// The deployment that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub deployment: Option<DeploymentId>,
    /// The release that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub release: Option<ReleaseId>,
    /// The CI run that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub run: Option<CiRunId>,
}

impl Subject {
    /// A subject that belongs to nothing else yet.
    #[must_use]
    pub fn new(kind: SubjectKind, id: impl Into<String>) -> Self {
        Self { kind, id: id.into(), service: None, deployment: None, release: None, run: None }
    }

    /// The same subject, belonging to `service`.
    #[must_use]
    pub fn of_service(mut self, service: ServiceId) -> Self {
        self.service = Some(service);
        self
    }

    /// The same subject, belonging to `deployment`.
    #[must_use]
    pub fn of_deployment(mut self, deployment: DeploymentId) -> Self {
        self.deployment = Some(deployment);
        self
    }
}

/// What happened, who did it and to what. Neither sequence nor time: the store stamps both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEvent {
    /// What happened, such as `release.approved`.
    pub kind: String,
    /// Who did it.
    pub actor: Actor,
    /// To what.
    pub subject: Subject,
    /// The request that asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub request_id: Option<String>,
    /// The facts: the domain event, or `before` and `after` of what was changed. Integers only, no secrets.
    pub data: Value,
}

impl AuditEvent {
    /// The canonical bytes, which are stored and hashed.
    ///
    /// # Errors
    /// [`CanonicalError`] when `data` holds what has no canonical form.
    pub fn bytes(&self) -> Result<String, CanonicalError> {
        let bytes = json::canonical(self)?;
        String::from_utf8(bytes).map_err(|error| CanonicalError::Serialise(error.to_string()))
    }
}

/// An event as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredEvent {
    /// Its chain.
    pub chain: Chain,
    /// Its place in the chain, from 1 without gaps.
    pub seq: u64,
    /// When it was committed.
    pub at: Timestamp,
    /// The canonical bytes of the [`AuditEvent`]: what is hashed, never serialised again.
    pub bytes: String,
    /// The hash of the event before it.
    pub previous: Digest,
    /// Its hash.
    pub hash: Digest,
}

impl StoredEvent {
    /// What happened.
    ///
    /// # Errors
    /// When the bytes are not an event: the row was altered.
    pub fn event(&self) -> Result<AuditEvent, serde_json::Error> {
        serde_json::from_str(&self.bytes)
    }
}
