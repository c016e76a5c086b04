//! A source: who sends, what shows that it is them, and what it may start.

use serde::{Deserialize, Serialize};

use crate::choice::choice;
use crate::id::{PrincipalId, RowVersion, SecretName, ServiceId, SourceId};
use crate::time::Timestamp;

choice!(
    /// Who sends.
    pub enum Provider {
        /// GitHub, and GitHub Enterprise.
        Github = "github",
        /// GitLab.
        Gitlab = "gitlab",
        /// Gitea.
        Gitea = "gitea",
        /// Forgejo.
        Forgejo = "forgejo",
        /// Bitbucket Cloud, and Bitbucket Data Center.
        Bitbucket = "bitbucket",
        /// Anything that signs as Standard Webhooks says and sends our own payload.
        StandardWebhooks = "standard-webhooks",
    }
);
choice!(
    /// What shows that the sender is who it says.
    pub enum Scheme {
        /// A signature over the body.
        Signature = "signature",
        /// A token that is sent as it is, of which only GitLab knows: it shows nothing about the body.
        Token = "token",
    }
);
choice!(
    /// What happened to a repository.
    pub enum EventKind {
        /// Commits were pushed to a branch.
        Push = "push",
        /// A tag was made.
        Tag = "tag",
        /// A change was merged. Forges tell of the push that comes with it too.
        Merge = "merge",
    }
);

/// The name of a secret, on the wire `{"secret": "name"}`. Its value stays with the host's secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SecretRef {
    /// The name.
    pub secret: SecretName,
}

/// A source of events for one service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its id, which its address ends with.
    pub id: SourceId,
    /// Its name, for people.
    pub name: String,
    /// The service whose runs it starts.
    pub service: ServiceId,
    /// Who sends.
    pub provider: Provider,
    /// What shows that it is them.
    pub scheme: Scheme,
    /// The secrets that sign; each one is enough, so that one can be replaced by another.
    pub secrets: Vec<SecretRef>,
    /// What may start a run.
    pub events: Vec<EventKind>,
    /// Who changed it last.
    pub updated_by: PrincipalId,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// The version of the row.
    pub row_version: RowVersion,
}

impl Source {
    /// The principal that its runs name as their actor.
    #[must_use]
    pub fn principal(&self) -> Option<PrincipalId> {
        format!("source/{}", self.id).parse().ok()
    }
}

impl Provider {
    /// The header that names the event, in lower case; `None` where the body does.
    #[must_use]
    pub const fn event_header(self) -> Option<&'static str> {
        match self {
            Self::Github => Some("x-github-event"),
            Self::Gitlab => Some("x-gitlab-event"),
            Self::Gitea => Some("x-gitea-event"),
            Self::Forgejo => Some("x-forgejo-event"),
            Self::Bitbucket => Some("x-event-key"),
            Self::StandardWebhooks => None,
        }
    }

    /// The headers that may hold the id of a delivery, in lower case; the first that is there counts.
    #[must_use]
    pub const fn delivery_headers(self, scheme: Scheme) -> &'static [&'static str] {
        match (self, scheme) {
            (Self::Github, _) => &["x-github-delivery"],
            (Self::Gitlab, Scheme::Token) => &["idempotency-key", "x-gitlab-event-uuid"],
            (Self::Gitlab, Scheme::Signature) | (Self::StandardWebhooks, _) => &["webhook-id"],
            (Self::Gitea, _) => &["x-gitea-delivery"],
            (Self::Forgejo, _) => &["x-forgejo-delivery"],
            (Self::Bitbucket, _) => &["x-request-uuid", "x-request-id"],
        }
    }
}
