//! From what was decided to what is committed: each event is audited with the row that it changes.

use serde::Serialize;
use serde_json::{Value, json};

use super::EngineError;
use crate::audit::{AuditEvent, Subject, SubjectKind};
use crate::authz::{Actor, Caller};
use crate::ci::run::{CiRun, RunEvent};
use crate::id::{RowVersion, ServiceId, TenantId};
use crate::port::{ChangeSet, Record, RecordKey, RecordKind, Write};
use crate::release::event::ReleaseEvent;
use crate::release::{Release, ReleaseSpec};
use crate::trace::TraceParent;

/// Who changes something, and in answer to which request.
#[derive(Clone, Debug)]
pub(super) struct By {
    pub(super) tenant: TenantId,
    pub(super) actor: Actor,
    pub(super) request_id: Option<String>,
    /// Where the request stands in a trace.
    pub(super) trace: Option<TraceParent>,
}

impl By {
    pub(super) fn caller(caller: &Caller) -> Self {
        Self {
            tenant: caller.tenant.clone(),
            actor: caller.actor(),
            request_id: caller.request_id.clone(),
            trace: caller.trace,
        }
    }

    fn event(&self, kind: &str, subject: Subject, data: serde_json::Value) -> AuditEvent {
        AuditEvent {
            kind: kind.to_owned(),
            actor: self.actor.clone(),
            subject,
            request_id: self.request_id.clone(),
            data,
        }
    }

    fn change(&self, events: Vec<AuditEvent>) -> Result<ChangeSet, EngineError> {
        let mut events = events.into_iter();
        let nothing = || EngineError::Internal { message: "a change without an event".to_owned() };
        let mut change = ChangeSet::new(self.tenant.clone(), events.next().ok_or_else(nothing)?);
        events.for_each(|event| change.record(event));
        Ok(change)
    }

    /// What happened to a release.
    pub(super) fn release(
        &self,
        before: Option<&Release>,
        events: Vec<ReleaseEvent>,
    ) -> Result<ChangeSet, EngineError> {
        let spec = match (before, events.first()) {
            (Some(release), _) => &release.spec,
            (None, Some(ReleaseEvent::Created { release, .. })) => &**release,
            (None, _) => {
                return Err(EngineError::Internal { message: "a release without a beginning".to_owned() });
            }
        };
        let subject = release_subject(spec);
        let events: Vec<_> = events.into_iter().map(|event| event.traced(self.trace)).collect();
        let audited = events
            .iter()
            .map(|event| Ok(self.event(event.kind(), subject.clone(), serde_json::to_value(event)?)));
        let mut change = self.change(audited.collect::<Result<_, EngineError>>()?)?;
        change.write(Write::Release { before: before.cloned().map(Box::new), events });
        Ok(change)
    }

    /// What happened to a CI run.
    pub(super) fn run(
        &self,
        before: Option<&CiRun>,
        service: &ServiceId,
        run: crate::id::CiRunId,
        events: Vec<RunEvent>,
    ) -> Result<ChangeSet, EngineError> {
        let mut subject = Subject::new(SubjectKind::CiRun, run.to_string()).of_service(service.clone());
        subject.run = Some(run);
        let events: Vec<_> = events.into_iter().map(|event| event.traced(self.trace)).collect();
        let audited = events
            .iter()
            .map(|event| Ok(self.event(event.kind(), subject.clone(), serde_json::to_value(event)?)));
        let mut change = self.change(audited.collect::<Result<_, EngineError>>()?)?;
        change.write(Write::CiRun { before: before.cloned().map(Box::new), events });
        Ok(change)
    }

    /// A row that becomes `after`; `kind` says what happened, `from` and `to` what it was and is, for the audit.
    pub(super) fn put<T: Serialize>(
        &self,
        kind: &str,
        subject: Subject,
        after: Record,
        from: Option<&T>,
        to: &T,
    ) -> Result<ChangeSet, EngineError> {
        let data = json!({ "before": from, "after": to });
        let mut change = self.change(vec![self.event(kind, subject, data)])?;
        change.write(Write::Put(Box::new(after)));
        Ok(change)
    }

    /// A row that is deleted.
    pub(super) fn delete<T: Serialize>(
        &self,
        kind: &str,
        subject: Subject,
        gone: &Record,
        from: &T,
    ) -> Result<ChangeSet, EngineError> {
        self.gone(kind, subject, gone, json!({ "before": from, "after": null }))
    }

    /// As [`By::delete`], with the reason that was given.
    pub(super) fn delete_because<T: Serialize>(
        &self,
        kind: &str,
        subject: Subject,
        gone: &Record,
        from: &T,
        reason: &str,
    ) -> Result<ChangeSet, EngineError> {
        self.gone(kind, subject, gone, json!({ "before": from, "after": null, "reason": reason }))
    }

    fn gone(
        &self,
        kind: &str,
        subject: Subject,
        gone: &Record,
        data: Value,
    ) -> Result<ChangeSet, EngineError> {
        let mut change = self.change(vec![self.event(kind, subject, data)])?;
        change.write(Write::Delete { key: gone.key(), expected: gone.row_version() });
        Ok(change)
    }
}

impl By {
    /// Rows that are deleted together; `from` says what they were, for the audit.
    pub(super) fn delete_all<T: Serialize>(
        &self,
        kind: &str,
        subject: Subject,
        gone: impl IntoIterator<Item = (RecordKey, RowVersion)>,
        from: &T,
    ) -> Result<ChangeSet, EngineError> {
        let data = json!({ "before": from, "after": null });
        let mut change = self.change(vec![self.event(kind, subject, data)])?;
        gone.into_iter().for_each(|(key, expected)| change.write(Write::Delete { key, expected }));
        Ok(change)
    }
}

fn release_subject(spec: &ReleaseSpec) -> Subject {
    let mut subject = Subject::new(SubjectKind::Release, spec.id.to_string())
        .of_service(spec.service.clone())
        .of_deployment(spec.content.deployment.clone());
    subject.release = Some(spec.id);
    if let crate::release::content::ArtifactOrigin::CiRun { run, .. } = &spec.content.artifact.origin {
        subject.run = Some(*run);
    }
    subject
}

/// The key of a release's row.
pub(super) fn release_key(id: crate::id::ReleaseId) -> RecordKey {
    RecordKey::new(RecordKind::Release, id)
}
