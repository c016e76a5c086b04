//! Lists.

use super::RecordKind;
use crate::audit::Chain;
use crate::id::{CiRunId, DeploymentId, ReleaseId, ServiceId, SourceId};

/// Which rows to list. Runs, releases, ledger entries and the deliveries of a source come by the commits that made them, the
/// last one first; everything else by its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListQuery {
    /// Services.
    Services,
    /// Deployments.
    Deployments {
        /// Only of this service.
        service: Option<ServiceId>,
    },
    /// CI runs.
    CiRuns {
        /// Only of this service.
        service: Option<ServiceId>,
        /// Only with this status.
        status: Option<String>,
    },
    /// Releases.
    Releases {
        /// Only of this service.
        service: Option<ServiceId>,
        /// Only to this deployment.
        deployment: Option<DeploymentId>,
        /// Only with this status.
        status: Option<String>,
    },
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
            Self::CiRuns { .. } => RecordKind::CiRun,
            Self::Releases { .. } => RecordKind::Release,
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
            Self::CiRuns { .. } | Self::Releases { .. } | Self::Ledger { .. } | Self::Deliveries { .. } => {
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

    /// What it filters by: the name of each member of the rows, and the value that is asked for.
    #[must_use]
    pub fn filters(&self) -> Vec<(&'static str, String)> {
        let text = |value: Option<&dyn ToString>| value.map(ToString::to_string);
        let filters = match self {
            Self::Deployments { service } => vec![("service", text(service.as_ref().map(|id| id as _)))],
            Self::CiRuns { service, status } => {
                vec![("service", text(service.as_ref().map(|id| id as _))), ("status", status.clone())]
            }
            Self::Releases { service, deployment, status } => vec![
                ("deployment", text(deployment.as_ref().map(|id| id as _))),
                ("service", text(service.as_ref().map(|id| id as _))),
                ("status", status.clone()),
            ],
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
    /// By the commits that made the rows, the last one first.
    Birth,
    /// By revision, the last one first.
    Revision,
    /// By key, the first one first.
    Key,
}

/// In which order to list events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// From the first to the last.
    #[default]
    OldestFirst,
    /// From the last to the first.
    NewestFirst,
}

/// Which events to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventQuery {
    /// Of which chain.
    pub chain: Chain,
    /// In which order.
    pub order: Order,
    /// Only beyond this sequence, in the order asked for.
    pub after: Option<u64>,
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only of this service.
    pub service: Option<ServiceId>,
    /// Only of this deployment.
    pub deployment: Option<DeploymentId>,
    /// Only of this release.
    pub release: Option<ReleaseId>,
    /// Only of this CI run.
    pub run: Option<CiRunId>,
    /// The most events, 1 to [`EventQuery::MAX_LIMIT`].
    pub limit: u16,
}

impl EventQuery {
    /// The most events that one query gives.
    pub const MAX_LIMIT: u16 = 1_000;

    /// All events of `chain`, oldest first.
    #[must_use]
    pub const fn of(chain: Chain) -> Self {
        Self {
            chain,
            order: Order::OldestFirst,
            after: None,
            kind: None,
            service: None,
            deployment: None,
            release: None,
            run: None,
            limit: 200,
        }
    }
}
