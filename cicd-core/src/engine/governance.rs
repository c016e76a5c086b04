//! Freezes, locks and policy floors. Each change makes the governance epoch one more, so that nothing starts under the old.

use serde::Serialize;

use super::carry_out::{Command, Needed, Step};
use super::change::By;
use super::deployments::found;
use super::error::EngineError;
use super::{Engine, Options, Outcome};
use crate::audit::{Subject, SubjectKind};
use crate::authz::{Action, Caller, Object};
use crate::cd::{FloorDraft, PolicyFloor};
use crate::gate::{Freeze, FreezeDraft, FreezeScope, Lock, LockDraft};
use crate::id::{DeploymentId, FreezeId, LockId, RowVersion};
use crate::port::{Load, Record, RecordKey, RecordKind, Snapshot};
use crate::service::Tier;
use crate::time::Timestamp;
use crate::violation::Violations;

impl Engine {
    /// Sets a freeze.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] when it names an unknown deployment or lies in the past; [`EngineError::Denied`].
    pub async fn add_freeze(
        &self,
        caller: &Caller,
        draft: &FreezeDraft,
        options: &Options,
    ) -> Result<Outcome<Freeze>, EngineError> {
        let deployment = match &draft.scope {
            FreezeScope::Deployment { deployment } => Some(deployment.clone()),
            FreezeScope::Tenant | FreezeScope::Tier { .. } => None,
        };
        self.carry_out(Command {
            caller,
            name: "freeze.add",
            load: Load { deployment, ..Load::tenant() },
            options,
            need: &|snapshot| Ok(Needed::to(Action::Freeze, freeze_object(snapshot, &draft.scope)?)),
            decide: &|snapshot, _| {
                if draft.until <= snapshot.now {
                    let message = format!("`{}`; accepted: later than now, {}", draft.until, snapshot.now);
                    return Err(Violations::one("/until", "out_of_range", message).into());
                }
                let freeze = Freeze {
                    id: FreezeId::from_uuid(self.0.ids.uuid(snapshot.now)),
                    scope: draft.scope.clone(),
                    from: draft.from,
                    until: draft.until,
                    reason: draft.reason.clone(),
                    created_by: caller.principal.clone(),
                    created_at: Timestamp::EPOCH,
                    row_version: RowVersion::ABSENT,
                };
                let subject = freeze_subject(snapshot, &freeze);
                governed(&By::caller(caller), "freeze.added", subject, Record::Freeze(freeze), None, draft)
            },
        })
        .await
    }

    /// Lifts a freeze before its end. `reason` is kept in the audit.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`], [`EngineError::VersionMoved`].
    pub async fn lift_freeze(
        &self,
        caller: &Caller,
        id: FreezeId,
        reason: &str,
        options: &Options,
    ) -> Result<Outcome<()>, EngineError> {
        let load = self.load_governing(caller, RecordKey::new(RecordKind::Freeze, id)).await?;
        self.carry_out_delete(Command {
            caller,
            name: "freeze.lift",
            load,
            options,
            need: &|snapshot| {
                let freeze = found_freeze(snapshot, id)?;
                Ok(Needed::to(Action::Freeze, freeze_object(snapshot, &freeze.scope)?))
            },
            decide: &|snapshot, _| {
                let freeze = found_freeze(snapshot, id)?;
                let gone = Record::Freeze(freeze.clone());
                let from = FreezeDraft {
                    scope: freeze.scope.clone(),
                    from: freeze.from,
                    until: freeze.until,
                    reason: freeze.reason.clone(),
                };
                let subject = freeze_subject(snapshot, freeze);
                lifted(&By::caller(caller), "freeze.lifted", subject, &gone, &from, reason)
            },
        })
        .await
    }

    /// Locks a deployment.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] when it would have expired already; [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn take_lock(
        &self,
        caller: &Caller,
        draft: &LockDraft,
        options: &Options,
    ) -> Result<Outcome<Lock>, EngineError> {
        self.carry_out(Command {
            caller,
            name: "lock.take",
            load: Load::deployment(draft.deployment.clone()),
            options,
            need: &|snapshot| {
                Ok(Needed::to(Action::Lock, Object::deployment(found(snapshot, &draft.deployment)?)))
            },
            decide: &|snapshot, _| {
                if draft.expires_at <= snapshot.now {
                    let message =
                        format!("`{}`; accepted: later than now, {}", draft.expires_at, snapshot.now);
                    return Err(Violations::one("/expires_at", "out_of_range", message).into());
                }
                let lock = Lock {
                    id: LockId::from_uuid(self.0.ids.uuid(snapshot.now)),
                    deployment: draft.deployment.clone(),
                    owner: caller.principal.clone(),
                    reason: draft.reason.clone(),
                    expires_at: draft.expires_at,
                    created_at: Timestamp::EPOCH,
                    row_version: RowVersion::ABSENT,
                };
                let subject = lock_subject(snapshot, &lock);
                governed(&By::caller(caller), "lock.taken", subject, Record::Lock(lock), None, draft)
            },
        })
        .await
    }

    /// Lifts a lock before it expires: one's own, or with the right to break locks anybody's. `reason` is kept in the audit.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`], [`EngineError::VersionMoved`].
    pub async fn lift_lock(
        &self,
        caller: &Caller,
        id: LockId,
        reason: &str,
        options: &Options,
    ) -> Result<Outcome<()>, EngineError> {
        let load = self.load_governing(caller, RecordKey::new(RecordKind::Lock, id)).await?;
        self.carry_out_delete(Command {
            caller,
            name: "lock.lift",
            load,
            options,
            need: &|snapshot| {
                let lock = found_lock(snapshot, id)?;
                let own = lock.owner == caller.principal;
                let action = if own { Action::Lock } else { Action::BreakLock };
                Ok(Needed::to(action, Object::deployment(found(snapshot, &lock.deployment)?)))
            },
            decide: &|snapshot, _| {
                let lock = found_lock(snapshot, id)?;
                let gone = Record::Lock(lock.clone());
                let from = LockDraft {
                    deployment: lock.deployment.clone(),
                    reason: lock.reason.clone(),
                    expires_at: lock.expires_at,
                };
                let subject = lock_subject(snapshot, lock);
                lifted(&By::caller(caller), "lock.lifted", subject, &gone, &from, reason)
            },
        })
        .await
    }

    /// A load of a freeze or a lock with the deployment that it is about, which it never changes.
    async fn load_governing(&self, caller: &Caller, key: RecordKey) -> Result<Load, EngineError> {
        let load = Load::record(key);
        let deployment = match self.store().load(&caller.tenant, &load).await?.record {
            Some(Record::Lock(lock)) => Some(lock.deployment),
            Some(Record::Freeze(Freeze { scope: FreezeScope::Deployment { deployment }, .. })) => {
                Some(deployment)
            }
            _ => None,
        };
        Ok(Load { deployment, ..load })
    }

    /// Sets the policy floor of a tier.
    ///
    /// # Errors
    /// [`EngineError::Denied`], [`EngineError::VersionMoved`].
    pub async fn put_floor(
        &self,
        caller: &Caller,
        tier: Tier,
        draft: &FloorDraft,
        options: &Options,
    ) -> Result<Outcome<PolicyFloor>, EngineError> {
        let key = RecordKey::new(RecordKind::PolicyFloor, tier.as_str());
        self.carry_out(Command {
            caller,
            name: "policy.put",
            load: Load::record(key),
            options,
            need: &|_| Ok(Needed::to(Action::PutPolicy, Object { tier: Some(tier), ..Object::tenant() })),
            decide: &|snapshot, _| {
                let before = match &snapshot.record {
                    Some(Record::PolicyFloor(floor)) => floor.clone(),
                    _ => PolicyFloor::default_for(tier),
                };
                let from = FloorDraft { minimum_votes: before.minimum_votes };
                let after = PolicyFloor {
                    minimum_votes: draft.minimum_votes,
                    updated_by: Some(caller.principal.clone()),
                    ..before
                };
                let subject = Subject::new(SubjectKind::PolicyFloor, tier.as_str());
                let record = Record::PolicyFloor(after);
                governed(&By::caller(caller), "policy.changed", subject, record, Some(&from), draft)
            },
        })
        .await
    }
}

fn governed<T: Serialize>(
    by: &By,
    kind: &str,
    subject: Subject,
    record: Record,
    from: Option<&T>,
    to: &T,
) -> Result<Step, EngineError> {
    let answer = record.key();
    let mut change = by.put(kind, subject, record, from, to)?;
    change.governs();
    Ok(Step::commit(change, answer))
}

fn lifted<T: Serialize>(
    by: &By,
    kind: &str,
    subject: Subject,
    gone: &Record,
    from: &T,
    reason: &str,
) -> Result<Step, EngineError> {
    let mut change = by.delete_because(kind, subject, gone, from, reason)?;
    change.governs();
    Ok(Step::commit(change, gone.key()))
}

fn freeze_object(snapshot: &Snapshot, scope: &FreezeScope) -> Result<Object, EngineError> {
    Ok(match scope {
        FreezeScope::Tenant => Object::tenant(),
        FreezeScope::Tier { tier } => Object { tier: Some(*tier), ..Object::tenant() },
        FreezeScope::Deployment { deployment } => Object::deployment(found(snapshot, deployment)?),
    })
}

fn freeze_subject(snapshot: &Snapshot, freeze: &Freeze) -> Subject {
    let subject = Subject::new(SubjectKind::Freeze, freeze.id.to_string());
    match &freeze.scope {
        FreezeScope::Deployment { deployment } => at_deployment(snapshot, subject, deployment),
        FreezeScope::Tenant | FreezeScope::Tier { .. } => subject,
    }
}

fn lock_subject(snapshot: &Snapshot, lock: &Lock) -> Subject {
    at_deployment(snapshot, Subject::new(SubjectKind::Lock, lock.id.to_string()), &lock.deployment)
}

/// The subject as belonging to the deployment and to its service, so that it is part of both their timelines.
fn at_deployment(snapshot: &Snapshot, subject: Subject, id: &DeploymentId) -> Subject {
    let subject = subject.of_deployment(id.clone());
    match &snapshot.deployment {
        Some(deployment) if deployment.id == *id => subject.of_service(deployment.spec.service.clone()),
        _ => subject,
    }
}

fn found_freeze(snapshot: &Snapshot, id: FreezeId) -> Result<&Freeze, EngineError> {
    match &snapshot.record {
        Some(Record::Freeze(freeze)) => Ok(freeze),
        _ => Err(EngineError::not_found("freeze", id)),
    }
}

fn found_lock(snapshot: &Snapshot, id: LockId) -> Result<&Lock, EngineError> {
    match &snapshot.record {
        Some(Record::Lock(lock)) => Ok(lock),
        _ => Err(EngineError::not_found("lock", id)),
    }
}
