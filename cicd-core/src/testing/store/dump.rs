//! Everything that can be read of a tenant, so that two moments or two stores can be compared.

use crate::audit::{Chain, ChainHead, StoredEvent};
use crate::id::TenantId;
use crate::page::Limit;
use crate::port::{
    EventQuery, ListQuery, Load, Record, RecordKind, ReleaseFilter, RunFilter, Snapshot, Store,
};
use crate::time::Timestamp;

/// Everything that can be read of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dump {
    /// Every list, whole.
    pub lists: Vec<(ListQuery, Vec<Record>)>,
    /// What a load of each service, deployment, run and release brings; its time is left out.
    pub snapshots: Vec<Snapshot>,
    /// Each chain, and its head.
    pub chains: Vec<(ChainHead, Vec<StoredEvent>)>,
}

/// Reads everything of `tenant`.
///
/// # Panics
/// When a read fails.
pub async fn dump(store: &dyn Store, tenant: &TenantId) -> Dump {
    let mut lists = Vec::new();
    let mut loads = vec![Load::tenant()];
    for query in top_lists() {
        let rows = whole_list(store, tenant, &query).await;
        for row in &rows {
            for query in lists_of(row) {
                let rows = whole_list(store, tenant, &query).await;
                lists.push((query, rows));
            }
            loads.extend(load_of(row));
        }
        lists.push((query, rows));
    }
    let mut snapshots = Vec::with_capacity(loads.len());
    for load in loads {
        let snapshot = store.load(tenant, &load).await.expect("the load succeeds");
        snapshots.push(Snapshot { now: Timestamp::EPOCH, ..snapshot });
    }
    let mut chains = Vec::new();
    for chain in [Chain::Ledger, Chain::Security] {
        let head = store.head(tenant, chain).await.expect("the head is read");
        chains.push((head, whole_chain(store, tenant, chain).await));
    }
    Dump { lists, snapshots, chains }
}

fn top_lists() -> [ListQuery; 11] {
    [
        ListQuery::Services,
        ListQuery::Deployments { service: None },
        ListQuery::CiRuns(RunFilter::default()),
        ListQuery::Releases(ReleaseFilter::default()),
        ListQuery::Freezes,
        ListQuery::Locks,
        ListQuery::Grants,
        ListQuery::Tokens,
        ListQuery::PolicyFloors,
        ListQuery::Sources,
        ListQuery::OldestDeliveries,
    ]
}

fn lists_of(row: &Record) -> Vec<ListQuery> {
    let revisions = |kind, id: &str| ListQuery::Revisions { kind, id: id.to_owned() };
    match row {
        Record::Source(row) => vec![ListQuery::Deliveries { source: row.id }],
        Record::Service(row) => vec![revisions(RecordKind::CiConfig, row.id.as_str())],
        Record::Deployment(row) => vec![
            ListQuery::Ledger { deployment: row.id.clone() },
            revisions(RecordKind::Deployment, row.id.as_str()),
            revisions(RecordKind::CdConfig, row.id.as_str()),
        ],
        _ => Vec::new(),
    }
}

fn load_of(row: &Record) -> Option<Load> {
    match row {
        Record::Service(row) => Some(Load::service(row.id.clone())),
        Record::Deployment(row) => Some(Load::deployment(row.id.clone())),
        Record::CiRun(row) => Some(Load::run(row.id)),
        Record::Release(row) => Some(Load::release(row.id())),
        _ => None,
    }
}

/// Every page of a list, one after the other.
pub(super) async fn whole_list(store: &dyn Store, tenant: &TenantId, query: &ListQuery) -> Vec<Record> {
    pages(store, tenant, query, Limit::MAX.into()).await.concat()
}

/// The pages of a list.
pub(super) async fn pages(
    store: &dyn Store,
    tenant: &TenantId,
    query: &ListQuery,
    limit: u64,
) -> Vec<Vec<Record>> {
    let limit = Limit::new(limit).expect("a limit");
    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let page = store.list(tenant, query, after.as_deref(), limit).await.expect("the list is read");
        pages.push(page.items);
        after = page.next;
        if after.is_none() {
            return pages;
        }
    }
}

async fn whole_chain(store: &dyn Store, tenant: &TenantId, chain: Chain) -> Vec<StoredEvent> {
    let mut query = EventQuery { limit: EventQuery::MAX_LIMIT, ..EventQuery::of(chain) };
    let mut events = Vec::new();
    loop {
        let more = store.events(tenant, &query).await.expect("the events are read");
        let Some(last) = more.last() else { return events };
        query.after = Some(last.seq);
        events.extend(more);
    }
}
