//! Releases, and what they stand on.

use serde_json::json;

use super::{cd_config, deployment, event, floor, principal, service};
use crate::audit::{AuditEvent, Subject, SubjectKind};
use crate::cd::CdConfig;
use crate::digest::Digest;
use crate::id::{ReleaseId, TenantId};
use crate::port::{ChangeSet, Write};
use crate::release::Release;
use crate::release::content::{Artifact, ArtifactOrigin};
use crate::release::create::{self, Request, Surroundings};
use crate::release::event::ReleaseEvent;
use crate::service::{Deployment, Service};

/// A service, its deployment and the CD config that a release of it follows.
#[derive(Clone, Debug)]
pub struct Site {
    /// The service.
    pub service: Service,
    /// Its deployment, in staging.
    pub deployment: Deployment,
    /// The deployment's CD config.
    pub config: CdConfig,
}

impl Site {
    /// The service `name` with the deployment `<name>-eu` and a rolling CD config that asks `approvers` to vote.
    #[must_use]
    pub fn new(name: &str, approvers: u32) -> Self {
        let service = service(name);
        let deployment = deployment(&format!("{name}-eu"), &service.id);
        let mut draft = json!({
            "strategy": {"type": "rolling", "max_surge": 1, "max_unavailable": 0},
            "queue": "wait",
            "allow_external_artifacts": true,
        });
        if approvers > 0 {
            draft["approval"] = json!({"requirements": [{"role": "approver", "count": approvers}]});
        }
        let config = cd_config(&deployment.id, &draft);
        Self { service, deployment, config }
    }

    /// The artifact that release `id` of this site brings.
    #[must_use]
    pub fn artifact(&self, id: ReleaseId) -> Artifact {
        Artifact {
            digest: Digest::of(id.to_string().as_bytes()),
            name: "site".to_owned(),
            origin: ArtifactOrigin::External { location: "https://artifacts.example/site".to_owned() },
        }
    }

    /// The event with which `ann` asks for release `id`.
    #[must_use]
    pub fn created(&self, id: ReleaseId) -> ReleaseEvent {
        let request = Request {
            id,
            requester: principal("ann"),
            reason: None,
            version: "1.0".to_owned(),
            retry_of: None,
        };
        let floor = floor(self.deployment.spec.tier, 0);
        let around = Surroundings {
            deployment: &self.deployment,
            config: &self.config,
            floor: &floor,
            executing: None,
            waiting: &[],
        };
        create::deploy(request, self.artifact(id), around).expect("a valid release")
    }
}

/// A change that records `events` of a release, each with its audit event.
///
/// # Panics
/// When there is no event, or the first event of a new release is not `Created`.
#[must_use]
pub fn release_change(tenant: &TenantId, before: Option<&Release>, events: Vec<ReleaseEvent>) -> ChangeSet {
    let about = match (before, events.first()) {
        (Some(before), _) => &before.spec,
        (None, Some(ReleaseEvent::Created { release, .. })) => release,
        _ => panic!("a new release begins with its creation"),
    };
    let subject = Subject::new(SubjectKind::Release, about.id.to_string())
        .of_service(about.service.clone())
        .of_deployment(about.content.deployment.clone());
    let subject = Subject { release: Some(about.id), ..subject };
    let mut audit = events.iter().map(|happened| AuditEvent {
        data: serde_json::to_value(happened).expect("events serialise"),
        ..event(happened.kind(), subject.clone())
    });
    let mut change = ChangeSet::new(tenant.clone(), audit.next().expect("at least one event"));
    audit.for_each(|event| change.record(event));
    let before = before.cloned().map(Box::new);
    change.write(Write::Release { before, events });
    change
}
