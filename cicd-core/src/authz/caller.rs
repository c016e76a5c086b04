//! Who acts.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::choice::choice;
use crate::id::{AttemptId, PrincipalId, Role, SourceId, TenantId, TokenId};
use crate::trace::TraceParent;

choice! {
    /// What stands behind a principal.
    pub enum PrincipalKind {
        /// A human being, who may vote.
        Person = "person",
        /// A program, which may not.
        ServiceAccount = "service_account",
    }
}

/// An authenticated caller. The tenant comes from here, never from a path or a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The tenant to which the identity belongs.
    pub tenant: TenantId,
    /// Who.
    pub principal: PrincipalId,
    /// Person or program.
    pub kind: PrincipalKind,
    /// The roles that this credential is limited to; `None` for all that the principal holds.
    pub limited_to: Option<BTreeSet<Role>>,
    /// The API token that was shown, if one was.
    pub token: Option<TokenId>,
    /// The request, so that log and audit can be brought together.
    pub request_id: Option<String>,
    /// Where the request stands in a trace: the work that it causes goes on there.
    pub trace: Option<TraceParent>,
}

impl Caller {
    /// A person with all roles that the person holds.
    #[must_use]
    pub const fn person(tenant: TenantId, principal: PrincipalId) -> Self {
        Self {
            tenant,
            principal,
            kind: PrincipalKind::Person,
            limited_to: None,
            token: None,
            request_id: None,
            trace: None,
        }
    }

    /// Who acts, for the audit.
    #[must_use]
    pub fn actor(&self) -> Actor {
        let id = self.principal.clone();
        match self.kind {
            PrincipalKind::Person => Actor::Person { id, token: self.token },
            PrincipalKind::ServiceAccount => Actor::ServiceAccount { id, token: self.token },
        }
    }
}

/// Who did what an audit event records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// A human being.
    Person {
        /// Who.
        id: PrincipalId,
        /// The API token that was shown, if one was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(nullable = false))]
        token: Option<TokenId>,
    },
    /// A program with an identity of its own.
    ServiceAccount {
        /// Which.
        id: PrincipalId,
        /// The API token that was shown, if one was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(nullable = false))]
        token: Option<TokenId>,
    },
    /// An executor's attempt, by its callback token.
    Attempt {
        /// Which.
        id: AttemptId,
    },
    /// A source of events, by its signature.
    Source {
        /// Which.
        id: SourceId,
    },
    /// The engine itself.
    System {
        /// Which of its parts.
        part: SystemActor,
    },
}

impl Actor {
    /// The name by which events are looked up: the id of who acted, or the part of the engine.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Person { id, .. } | Self::ServiceAccount { id, .. } => id.to_string(),
            Self::Attempt { id } => id.to_string(),
            Self::Source { id } => id.to_string(),
            Self::System { part } => part.as_str().to_owned(),
        }
    }
}

/// The parts of the engine that act without a caller. The list is fixed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SystemActor {
    /// Starts, steps and ends rollouts and runs.
    Worker,
    /// Cancels what is expired, superseded or stale.
    Queue,
    /// Sets up a new installation.
    Bootstrap,
    /// Removes what is old.
    Retention,
}

impl SystemActor {
    /// The part's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Worker => "worker",
            Self::Queue => "queue",
            Self::Bootstrap => "bootstrap",
            Self::Retention => "retention",
        }
    }
}
