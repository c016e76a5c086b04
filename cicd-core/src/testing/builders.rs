//! Valid rows, events and changes to build tests from.

mod releases;

use serde_json::{Value, json};
use uuid::{Builder, Uuid};

use crate::audit::{AuditEvent, Subject, SubjectKind};
use crate::authz::{Actor, Grant, GrantScope, PrincipalKind, Token};
use crate::cd::{CdConfig, CdSpec, PolicyFloor};
use crate::ci::run::RunDraft;
use crate::ci::{CiConfig, CiRun, CiSpec};
use crate::digest::Digest;
use crate::gate::{Freeze, FreezeScope, Lock};
use crate::id::{
    CiRunId, DeliveryId, DeploymentId, FreezeId, LockId, PrincipalId, ReleaseId, RowVersion, ServiceId,
    SourceId, TenantId, TokenId,
};
use crate::port::{ChangeSet, Record, RecordKey, RecordKind, Write};
use crate::service::{Capabilities, Deployment, DeploymentSpec, Service, Tier};
use crate::source::{
    Change, DeliveryMark, EventKind, IgnoreReason, Provider, Scheme, SecretRef, Source, SourceDelivery,
};
use crate::time::Timestamp;

pub use releases::{Site, release_change};

/// The tenant `name`.
#[must_use]
pub fn tenant(name: &str) -> TenantId {
    name.parse().expect("a slug")
}

/// The principal `name`.
#[must_use]
pub fn principal(name: &str) -> PrincipalId {
    name.parse().expect("a principal")
}

/// The UUIDv7 with number `number`; a greater number is a greater id.
#[must_use]
pub fn uuid(number: u64) -> Uuid {
    Builder::from_unix_timestamp_millis(1_767_225_600_000 + number, &[0; 10]).into_uuid()
}

/// The release with number `number`.
#[must_use]
pub fn release_id(number: u64) -> ReleaseId {
    ReleaseId::from_uuid(uuid(number))
}

/// The CI run with number `number`.
#[must_use]
pub fn run_id(number: u64) -> CiRunId {
    CiRunId::from_uuid(uuid(number))
}

/// A new service.
#[must_use]
pub fn service(id: &str) -> Service {
    Service {
        id: id.parse().expect("a slug"),
        name: format!("Service {id}"),
        description: String::new(),
        updated_at: Timestamp::EPOCH,
        updated_by: principal("ann"),
        created_at: Timestamp::EPOCH,
        row_version: RowVersion::ABSENT,
    }
}

/// A new staging deployment of `service` at its first revision, whose executor can do everything.
#[must_use]
pub fn deployment(id: &str, service: &ServiceId) -> Deployment {
    let spec = json!({
        "service": service, "environment": "eu", "tier": "staging", "executor": "command", "target": {"path": id},
    });
    Deployment {
        id: id.parse().expect("a slug"),
        revision: 1,
        spec: DeploymentSpec::parse(&spec).expect("a valid deployment"),
        capabilities: Capabilities::ALL,
        hold: None,
        created_at: Timestamp::EPOCH,
        updated_at: Timestamp::EPOCH,
        updated_by: principal("ann"),
        row_version: RowVersion::ABSENT,
    }
}

/// A new CD config at its first revision; `draft` is what a caller would write.
#[must_use]
pub fn cd_config(deployment: &DeploymentId, draft: &Value) -> CdConfig {
    let floor = floor(Tier::Staging, 0);
    CdConfig {
        deployment: deployment.clone(),
        revision: 1,
        spec: CdSpec::parse(draft, &Capabilities::ALL, &floor).expect("a valid cd config"),
        updated_at: Timestamp::EPOCH,
        updated_by: principal("ann"),
        row_version: RowVersion::ABSENT,
    }
}

/// A new CI config at its first revision: one step, anybody may start it, two attempts.
#[must_use]
pub fn ci_config(service: &ServiceId) -> CiConfig {
    let spec = json!({
        "repository": "https://git.example/shop.git",
        "branches": ["*"],
        "steps": [{"name": "build", "argv": ["make"], "timeout_seconds": 60}],
        "artifact": {"path": "out", "name": "site"},
        "trigger_mode": "both",
        "executor": "command",
        "max_attempts": 2,
    });
    CiConfig {
        service: service.clone(),
        revision: 1,
        spec: CiSpec::parse(&spec).expect("a valid ci config"),
        updated_at: Timestamp::EPOCH,
        updated_by: principal("ann"),
        row_version: RowVersion::ABSENT,
    }
}

/// A change that triggers run `id` by hand.
#[must_use]
pub fn run_triggered(tenant: &TenantId, id: CiRunId, config: &CiConfig) -> ChangeSet {
    run_asked_for(tenant, id, config, &json!({"commit": "a".repeat(40)}))
}

/// A change that triggers run `id` by hand, as `draft` asks for.
///
/// # Panics
/// When it is no draft of a run.
#[must_use]
pub fn run_asked_for(
    tenant: &TenantId,
    id: CiRunId,
    config: &CiConfig,
    draft: &serde_json::Value,
) -> ChangeSet {
    let draft = RunDraft::parse(draft).expect("a valid draft");
    let events =
        CiRun::create(id, config, draft.by(principal("ann")), None).expect("triggers by hand are allowed");
    let subject = Subject::new(SubjectKind::CiRun, id.to_string()).of_service(config.service.clone());
    let subject = Subject { run: Some(id), ..subject };
    let mut change = ChangeSet::new(tenant.clone(), event("ci_run.triggered", subject));
    change.write(Write::CiRun { before: None, events });
    change
}

/// The policy floor of `tier`.
#[must_use]
pub fn floor(tier: Tier, minimum_votes: u32) -> PolicyFloor {
    PolicyFloor { minimum_votes, ..PolicyFloor::default_for(tier) }
}

/// A freeze of the whole tenant.
#[must_use]
pub fn freeze(number: u64, from: Timestamp, until: Timestamp) -> Freeze {
    Freeze {
        id: FreezeId::from_uuid(uuid(number)),
        scope: FreezeScope::Tenant,
        from,
        until,
        reason: "the end of the quarter".to_owned(),
        created_by: principal("rita"),
        created_at: Timestamp::EPOCH,
        row_version: RowVersion::ABSENT,
    }
}

/// A lock on `deployment`.
#[must_use]
pub fn lock(number: u64, deployment: &DeploymentId, expires_at: Timestamp) -> Lock {
    Lock {
        id: LockId::from_uuid(uuid(number)),
        deployment: deployment.clone(),
        owner: principal("rita"),
        reason: "a look at the disks".to_owned(),
        expires_at,
        created_at: Timestamp::EPOCH,
        row_version: RowVersion::ABSENT,
    }
}

/// A role in the whole tenant.
#[must_use]
pub fn grant(who: &str, role: &str) -> Grant {
    Grant {
        principal: principal(who),
        role: role.parse().expect("a slug"),
        scope: GrantScope::default(),
        granted_by: principal("ada"),
        granted_at: Timestamp::EPOCH,
        row_version: RowVersion::ABSENT,
    }
}

/// A person's token whose hash is `SHA-256(secret)`.
#[must_use]
pub fn token(number: u64, who: &str, secret: &str, expires_at: Timestamp) -> Token {
    Token {
        id: TokenId::from_uuid(uuid(number)),
        principal: principal(who),
        kind: PrincipalKind::Person,
        roles: ["viewer".parse().expect("a slug")].into(),
        hash: Digest::of(secret.as_bytes()),
        hint: "cicd_ab".to_owned(),
        expires_at,
        created_by: principal("ada"),
        created_at: Timestamp::EPOCH,
        revoked_at: None,
        session: None,
        row_version: RowVersion::ABSENT,
    }
}

/// A source of `service` that signs as GitHub does, with the secret `hook`.
#[must_use]
pub fn source(number: u64, service: &ServiceId) -> Source {
    Source {
        id: SourceId::from_uuid(uuid(number)),
        name: format!("Source {number}"),
        service: service.clone(),
        provider: Provider::Github,
        scheme: Scheme::Signature,
        secrets: vec![SecretRef { secret: "hook".parse().expect("a slug") }],
        events: vec![EventKind::Push, EventKind::Tag],
        updated_by: principal("ada"),
        updated_at: Timestamp::EPOCH,
        created_at: Timestamp::EPOCH,
        row_version: RowVersion::ABSENT,
    }
}

/// A delivery of `source` that was a test of the connection; its body is its number.
#[must_use]
pub fn delivery(number: u64, source: &Source) -> SourceDelivery {
    SourceDelivery {
        id: DeliveryId::from_uuid(uuid(number)),
        source: source.id,
        service: source.service.clone(),
        sender_id: Some(format!("sent-{number}")),
        event: "ping".to_owned(),
        body: Digest::of(&number.to_be_bytes()),
        changes: vec![Change { event: None, outcome: IgnoreReason::Ping.into() }],
        redeliveries: 0,
        redelivered_by: None,
        received_at: Timestamp::EPOCH,
        row_version: RowVersion::ABSENT,
    }
}

/// The marks of a delivery.
#[must_use]
pub fn marks(delivery: &SourceDelivery) -> Vec<DeliveryMark> {
    let mark = |key| DeliveryMark {
        key,
        delivery: delivery.id,
        marked_at: Timestamp::EPOCH,
        row_version: RowVersion::ABSENT,
    };
    delivery.mark_keys().into_iter().map(mark).collect()
}

/// An event of the person `ann` about `subject`.
#[must_use]
pub fn event(kind: &str, subject: Subject) -> AuditEvent {
    let actor = Actor::Person { id: principal("ann"), token: None };
    AuditEvent { kind: kind.to_owned(), actor, subject, request_id: None, data: json!({}) }
}

/// What an event about the row `key` is about.
#[must_use]
pub fn subject(key: &RecordKey) -> Subject {
    let kind = match key.kind {
        RecordKind::Service => SubjectKind::Service,
        RecordKind::Deployment => SubjectKind::Deployment,
        RecordKind::CiConfig => SubjectKind::CiConfig,
        RecordKind::CdConfig => SubjectKind::CdConfig,
        RecordKind::CiRun => SubjectKind::CiRun,
        RecordKind::Release => SubjectKind::Release,
        RecordKind::Queue => SubjectKind::Deployment,
        RecordKind::LedgerEntry => SubjectKind::LedgerEntry,
        RecordKind::PolicyFloor => SubjectKind::PolicyFloor,
        RecordKind::Freeze => SubjectKind::Freeze,
        RecordKind::Lock => SubjectKind::Lock,
        RecordKind::Grant => SubjectKind::Grant,
        RecordKind::Token => SubjectKind::Token,
        RecordKind::Source | RecordKind::SourceDelivery | RecordKind::DeliveryMark => SubjectKind::Source,
    };
    Subject::new(kind, key.id.clone())
}

/// A change that writes `row`, with its event.
#[must_use]
pub fn put(tenant: &TenantId, row: impl Into<Record>) -> ChangeSet {
    let row = row.into();
    let key = row.key();
    let mut change =
        ChangeSet::new(tenant.clone(), event(&format!("{}.written", key.kind.as_str()), subject(&key)));
    change.write(Write::Put(Box::new(row)));
    change
}

/// A change that deletes the row `key`, with its event.
#[must_use]
pub fn delete(tenant: &TenantId, key: RecordKey, expected: RowVersion) -> ChangeSet {
    let mut change =
        ChangeSet::new(tenant.clone(), event(&format!("{}.deleted", key.kind.as_str()), subject(&key)));
    change.write(Write::Delete { key, expected });
    change
}
