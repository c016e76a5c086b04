//! Which heads a change touches.

use std::collections::BTreeSet;

use crate::port::{ChangeSet, HeadOf};

/// The heads of all that `change` touches; none for a denial, which no page shows.
pub(in crate::engine) fn touched(change: &ChangeSet) -> Vec<HeadOf> {
    let events = change.ledger_events();
    let mut touched: BTreeSet<HeadOf> = events
        .iter()
        .map(|event| event.subject.service.clone().map_or(HeadOf::Shared, HeadOf::Service))
        .collect();
    if !events.is_empty() {
        touched.insert(HeadOf::Tenant);
    }
    if change.is_governance() {
        touched.insert(HeadOf::Governance);
    }
    touched.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::audit::{AuditEvent, Subject, SubjectKind};
    use crate::authz::{Actor, SystemActor};

    fn event(subject: Subject) -> AuditEvent {
        let actor = Actor::System { part: SystemActor::Bootstrap };
        AuditEvent { kind: "test".to_owned(), actor, subject, request_id: None, data: json!({}) }
    }

    #[test]
    fn what_belongs_to_no_service_touches_what_is_shared() {
        let tenant = "acme".parse().unwrap();
        let mut change = ChangeSet::new(tenant, event(Subject::new(SubjectKind::Freeze, "1")));
        assert_eq!(touched(&change), [HeadOf::Tenant, HeadOf::Shared]);
        change.governs();
        let shop: crate::id::ServiceId = "shop".parse().unwrap();
        change.record(event(Subject::new(SubjectKind::Service, "shop").of_service(shop.clone())));
        let all = [HeadOf::Tenant, HeadOf::Shared, HeadOf::Governance, HeadOf::Service(shop)];
        assert_eq!(touched(&change), all);
    }

    #[test]
    fn a_denial_touches_nothing() {
        let tenant = "acme".parse().unwrap();
        let change = ChangeSet::denial(tenant, event(Subject::new(SubjectKind::Tenant, "acme")));
        assert!(touched(&change).is_empty());
    }
}
