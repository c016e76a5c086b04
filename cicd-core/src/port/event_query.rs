//! Which events of a chain to list.

use crate::audit::{AuditEvent, Chain, StoredEvent, Subject};
use crate::id::{CiRunId, DeploymentId, ReleaseId, ServiceId};

/// In which order to list events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// From the first to the last.
    #[default]
    OldestFirst,
    /// From the last to the first.
    NewestFirst,
}

/// What events can be about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A service, and everything that belongs to it.
    Service(ServiceId),
    /// A deployment, and everything that belongs to it.
    Deployment(DeploymentId),
    /// A release.
    Release(ReleaseId),
    /// A CI run, and the releases of what it built.
    Run(CiRunId),
    /// What governs more than one deployment: a freeze of the tenant or of a tier, a policy floor.
    Governance,
}

impl Topic {
    /// The kinds of the events that are about [`Topic::Governance`], where they belong to no deployment.
    pub const GOVERNANCE: [&'static str; 3] = ["freeze.added", "freeze.lifted", "policy.changed"];

    /// Whether an event of `kind` about `subject` is about it.
    #[must_use]
    pub fn covers(&self, kind: &str, subject: &Subject) -> bool {
        match self {
            Self::Service(service) => subject.service.as_ref() == Some(service),
            Self::Deployment(deployment) => subject.deployment.as_ref() == Some(deployment),
            Self::Release(release) => subject.release == Some(*release),
            Self::Run(run) => subject.run == Some(*run),
            Self::Governance => subject.deployment.is_none() && Self::GOVERNANCE.contains(&kind),
        }
    }
}

/// Which events to list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EventQuery {
    /// Of which chain.
    pub chain: Chain,
    /// In which order.
    pub order: Order,
    /// Only beyond this sequence, in the order asked for.
    pub after: Option<u64>,
    /// Only up to this sequence and with it, in the order asked for.
    pub to: Option<u64>,
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only of this actor: a principal, an attempt, a source, or a part of the engine.
    pub actor: Option<String>,
    /// Only of this service.
    pub service: Option<ServiceId>,
    /// Only of this deployment.
    pub deployment: Option<DeploymentId>,
    /// Only of this release.
    pub release: Option<ReleaseId>,
    /// Only of this CI run.
    pub run: Option<CiRunId>,
    /// Only about at least one of these, at most [`EventQuery::MAX_TOPICS`]; empty for all.
    pub about: Vec<Topic>,
    /// The most events, 1 to [`EventQuery::MAX_LIMIT`].
    pub limit: u16,
}

impl EventQuery {
    /// The most events that one query gives.
    pub const MAX_LIMIT: u16 = 1_000;

    /// The most things that one query asks about.
    pub const MAX_TOPICS: usize = 16;

    /// All events of `chain`, oldest first.
    #[must_use]
    pub const fn of(chain: Chain) -> Self {
        Self {
            chain,
            order: Order::OldestFirst,
            after: None,
            to: None,
            kind: None,
            actor: None,
            service: None,
            deployment: None,
            release: None,
            run: None,
            about: Vec::new(),
            limit: 200,
        }
    }

    /// Whether the place of `seq` is within what it asks for.
    #[must_use]
    pub fn reaches(&self, seq: u64) -> bool {
        let beyond = |after, to| match self.order {
            Order::OldestFirst => after < to,
            Order::NewestFirst => after > to,
        };
        self.after.is_none_or(|after| beyond(after, seq)) && self.to.is_none_or(|to| !beyond(to, seq))
    }

    /// The answer, from what was found about each topic: in order, each event once, as many as were asked for.
    #[must_use]
    pub fn merged(&self, mut found: Vec<StoredEvent>) -> Vec<StoredEvent> {
        if self.about.len() > 1 {
            found.sort_by(|a, b| match self.order {
                Order::OldestFirst => a.seq.cmp(&b.seq),
                Order::NewestFirst => b.seq.cmp(&a.seq),
            });
            found.dedup_by_key(|event| event.seq);
            found.truncate(usize::from(self.limit.clamp(1, Self::MAX_LIMIT)));
        }
        found
    }

    /// Whether `event` is what it asks for, wherever it stands.
    #[must_use]
    pub fn selects(&self, event: &AuditEvent) -> bool {
        fn fits<T: PartialEq>(asked: Option<&T>, found: Option<&T>) -> bool {
            asked.is_none_or(|asked| found == Some(asked))
        }
        let (kind, subject) = (&event.kind, &event.subject);
        fits(self.kind.as_ref(), Some(kind))
            && self.actor.as_ref().is_none_or(|actor| *actor == event.actor.name())
            && fits(self.service.as_ref(), subject.service.as_ref())
            && fits(self.deployment.as_ref(), subject.deployment.as_ref())
            && fits(self.release.as_ref(), subject.release.as_ref())
            && fits(self.run.as_ref(), subject.run.as_ref())
            && (self.about.is_empty() || self.about.iter().any(|topic| topic.covers(kind, subject)))
    }
}
