//! Lists.

use super::{Born, RecordKind, ReleaseFilter, RunFilter};
use crate::id::{DeploymentId, ServiceId, SourceId};

/// Which rows to list. Runs, releases, ledger entries and the deliveries of a source come by the commits that made them, the
/// last one first unless a filter says otherwise; everything else by its key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ListQuery {
    /// Services.
    Services,
    /// Deployments.
    Deployments {
        /// Only of this service.
        service: Option<ServiceId>,
    },
    /// CI runs.
    CiRuns(RunFilter),
    /// Releases.
    Releases(ReleaseFilter),
    /// The stable ledger of a deployment, newest first.
    Ledger {
        /// The deployment.
        deployment: DeploymentId,
    },
    /// Every revision of a deployment, a CI config or a CD config, newest first.
    Revisions {
        /// The kind.
        kind: RecordKind,
        /// The key of the row.
        id: String,
    },
    /// Freezes, ended ones too.
    Freezes,
    /// Locks, expired ones too.
    Locks,
    /// Grants.
    Grants,
    /// Tokens.
    Tokens,
    /// Policy floors.
    PolicyFloors,
    /// Sources.
    Sources,
    /// The deliveries of a source.
    Deliveries {
        /// The source.
        source: SourceId,
    },
    /// The deliveries of all sources, by their keys: the oldest one first.
    OldestDeliveries,
}

impl ListQuery {
    /// The kind of the rows that it lists.
    #[must_use]
    pub const fn kind(&self) -> RecordKind {
        match self {
            Self::Services => RecordKind::Service,
            Self::Deployments { .. } => RecordKind::Deployment,
            Self::CiRuns(_) => RecordKind::CiRun,
            Self::Releases(_) => RecordKind::Release,
            Self::Ledger { .. } => RecordKind::LedgerEntry,
            Self::Revisions { kind, .. } => *kind,
            Self::Freezes => RecordKind::Freeze,
            Self::Locks => RecordKind::Lock,
            Self::Grants => RecordKind::Grant,
            Self::Tokens => RecordKind::Token,
            Self::PolicyFloors => RecordKind::PolicyFloor,
            Self::Sources => RecordKind::Source,
            Self::Deliveries { .. } | Self::OldestDeliveries => RecordKind::SourceDelivery,
        }
    }

    /// How it is ordered.
    #[must_use]
    pub const fn order(&self) -> ListOrder {
        match self {
            Self::CiRuns(_) | Self::Releases(_) | Self::Ledger { .. } | Self::Deliveries { .. } => {
                ListOrder::Birth
            }
            Self::Revisions { .. } => ListOrder::Revision,
            Self::Services
            | Self::Deployments { .. }
            | Self::Freezes
            | Self::Locks
            | Self::Grants
            | Self::Tokens
            | Self::PolicyFloors
            | Self::Sources
            | Self::OldestDeliveries => ListOrder::Key,
        }
    }

    /// Whether what comes by birth comes the first one first.
    #[must_use]
    pub const fn oldest_first(&self) -> bool {
        match self {
            Self::CiRuns(filter) => filter.born.oldest_first,
            Self::Releases(filter) => filter.born.oldest_first,
            _ => false,
        }
    }

    /// The births that it is limited to.
    #[must_use]
    pub const fn born(&self) -> Born {
        match self {
            Self::CiRuns(filter) => filter.born,
            Self::Releases(filter) => filter.born,
            _ => Born::ANY,
        }
    }

    /// What it filters by: the name of each member of the rows, and the value that is asked for.
    #[must_use]
    pub fn filters(&self) -> Vec<(&'static str, String)> {
        let text = |value: Option<&dyn ToString>| value.map(ToString::to_string);
        let filters = match self {
            Self::Deployments { service } => vec![("service", text(service.as_ref().map(|id| id as _)))],
            Self::CiRuns(filter) => filter.members(),
            Self::Releases(filter) => filter.members(),
            Self::Ledger { deployment } => vec![("deployment", Some(deployment.to_string()))],
            Self::Deliveries { source } => vec![("source", Some(source.to_string()))],
            Self::Revisions { kind, id } => {
                vec![("kind", Some(kind.as_str().to_owned())), ("id", Some(id.clone()))]
            }
            Self::Services
            | Self::Freezes
            | Self::Locks
            | Self::Grants
            | Self::Tokens
            | Self::PolicyFloors
            | Self::Sources
            | Self::OldestDeliveries => Vec::new(),
        };
        filters.into_iter().filter_map(|(member, value)| Some((member, value?))).collect()
    }
}

/// How a list is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListOrder {
    /// By the commits that made the rows, the last one first unless [`ListQuery::oldest_first`].
    Birth,
    /// By revision, the last one first.
    Revision,
    /// By key, the first one first.
    Key,
}
