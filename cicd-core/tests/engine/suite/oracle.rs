//! What must hold of a store at any time: both chains verify, and the rows are the fold of their events.

use std::collections::BTreeMap;
use std::time::Duration;

use cicd_core::audit::{Chain, ChainHead, StoredEvent, SubjectKind, verify};
use cicd_core::ci::run::{CiRun, RunEvent};
use cicd_core::id::TenantId;
use cicd_core::port::{EventQuery, Record, Store};
use cicd_core::release::Release;
use cicd_core::release::event::ReleaseEvent;
use cicd_core::testing::store::dump;

/// Every event of a chain.
pub(crate) async fn chain(store: &dyn Store, tenant: &TenantId, chain: Chain) -> Vec<StoredEvent> {
    let mut query = EventQuery { limit: EventQuery::MAX_LIMIT, ..EventQuery::of(chain) };
    let mut events = Vec::new();
    loop {
        let more = store.events(tenant, &query).await.unwrap();
        let Some(last) = more.last() else { return events };
        query.after = Some(last.seq);
        events.extend(more);
    }
}

/// Fails unless the tenant is consistent.
pub(crate) async fn check(store: &dyn Store, tenant: &TenantId) {
    // What a caller no longer waits for may still be on its way: look at a moment in which nothing moves.
    let (mut before, mut seen) = (None, dump(store, tenant).await);
    while before.as_ref() != Some(&seen) {
        tokio::time::sleep(Duration::from_millis(1)).await;
        before = Some(std::mem::replace(&mut seen, dump(store, tenant).await));
    }
    for (which, (head, events)) in [Chain::Ledger, Chain::Security].into_iter().zip(&seen.chains) {
        assert_eq!(verify(tenant, which, ChainHead::EMPTY, events).unwrap(), *head);
    }
    let (releases, runs) = folded(&seen.chains[0].1);
    let mut rows = (Rows::new(), Rows::new());
    for record in seen.lists.into_iter().flat_map(|(_, records)| records) {
        match record {
            Record::Release(release) => _ = rows.0.insert(release.id().to_string(), release),
            Record::CiRun(run) => _ = rows.1.insert(run.id.to_string(), run),
            _ => {}
        }
    }
    assert_eq!(releases, rows.0, "the releases are the fold of their events");
    assert_eq!(runs, rows.1, "the runs are the fold of their events");
    let executing = releases.values().filter(|release| release.state.execution().is_some());
    let mut executing: Vec<_> = executing.map(Release::deployment).collect();
    let executions = executing.len();
    executing.sort();
    executing.dedup();
    assert_eq!(executing.len(), executions, "one executes per deployment");
}

type Rows<T> = BTreeMap<String, T>;

fn folded(events: &[StoredEvent]) -> (Rows<Release>, Rows<CiRun>) {
    let (mut releases, mut runs) = (Rows::new(), Rows::new());
    for stored in events {
        let event = stored.event().unwrap();
        let id = event.subject.id.clone();
        match event.subject.kind {
            SubjectKind::Release => {
                let happened: ReleaseEvent = serde_json::from_value(event.data).unwrap();
                let row = Release::apply(releases.remove(&id), &happened, stored.at).unwrap();
                releases.insert(id, row);
            }
            SubjectKind::CiRun => {
                let happened: RunEvent = serde_json::from_value(event.data).unwrap();
                let row = CiRun::apply(runs.remove(&id), &happened, stored.at).unwrap();
                runs.insert(id, row);
            }
            _ => {}
        }
    }
    (releases, runs)
}
