//! Denials in the security chain: the first of each (principal, action, reason) a minute is an event, the rest a count in
//! the next one, so that nobody can fill the chain.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::json;

use super::{Engine, EngineError};
use crate::audit::{AuditEvent, Subject, SubjectKind};
use crate::authz::{Action, Caller, Object};
use crate::id::{PrincipalId, TenantId};
use crate::port::ChangeSet;
use crate::time::Timestamp;

const WINDOW_MICROS: u64 = 60_000_000;
/// Beyond this many triples the oldest windows are forgotten, with their counts.
const MOST_TRIPLES: usize = 10_000;

type Triple = (TenantId, PrincipalId, Action, String);

#[derive(Debug, Default)]
pub(super) struct Denials(Mutex<HashMap<Triple, Window>>);

#[derive(Clone, Copy, Debug)]
struct Window {
    since: Timestamp,
    suppressed: u64,
}

/// A denial that is to be an event. Until that event is committed the next denial of the triple is to be one too.
struct Unrecorded<'a> {
    denials: &'a Denials,
    triple: Triple,
    /// How many were no events since the last one.
    suppressed: u64,
    recorded: bool,
}

impl Denials {
    /// Counts a denial: `Some` when it is to be an event.
    fn count(&self, triple: Triple, now: Timestamp) -> Option<Unrecorded<'_>> {
        let mut windows = self.windows();
        if windows.len() >= MOST_TRIPLES {
            windows.retain(|_, window| now.micros_since(window.since) < WINDOW_MICROS);
            if windows.len() >= MOST_TRIPLES {
                windows.clear();
            }
        }
        let window =
            windows.entry(triple.clone()).or_insert(Window { since: Timestamp::EPOCH, suppressed: 0 });
        if now.micros_since(window.since) < WINDOW_MICROS {
            window.suppressed = window.suppressed.saturating_add(1);
            return None;
        }
        let suppressed = std::mem::take(&mut window.suppressed);
        window.since = now;
        Some(Unrecorded { denials: self, triple, suppressed, recorded: false })
    }

    fn windows(&self) -> MutexGuard<'_, HashMap<Triple, Window>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Unrecorded<'_> {
    fn drop(&mut self) {
        if let (false, Some(window)) = (self.recorded, self.denials.windows().get_mut(&self.triple)) {
            let missed = self.suppressed.saturating_add(1);
            *window =
                Window { since: Timestamp::EPOCH, suppressed: window.suppressed.saturating_add(missed) };
        }
    }
}

impl Engine {
    /// Records that `caller` was denied `action`, and gives the error to answer with.
    pub(super) async fn denied(
        &self,
        caller: &Caller,
        action: Action,
        object: &Object,
        reason: String,
        now: Timestamp,
    ) -> EngineError {
        let triple = (caller.tenant.clone(), caller.principal.clone(), action, reason.clone());
        if let Some(mut denial) = self.0.denials.count(triple, now) {
            let event = AuditEvent {
                kind: "access.denied".to_owned(),
                actor: caller.actor(),
                subject: subject(object, caller),
                request_id: caller.request_id.clone(),
                data: json!({ "action": action, "reason": reason, "suppressed_before": denial.suppressed }),
            };
            if let Err(error) = self.store().commit(ChangeSet::denial(caller.tenant.clone(), event)).await {
                return error.into();
            }
            denial.recorded = true;
        }
        EngineError::Denied { action, reason }
    }
}

fn subject(object: &Object, caller: &Caller) -> Subject {
    let mut subject = match (&object.deployment, &object.service) {
        (Some(deployment), _) => Subject::new(SubjectKind::Deployment, deployment.as_str()),
        (None, Some(service)) => Subject::new(SubjectKind::Service, service.as_str()),
        (None, None) => Subject::new(SubjectKind::Tenant, caller.tenant.as_str()),
    };
    subject.service.clone_from(&object.service);
    subject.deployment.clone_from(&object.deployment);
    subject
}
