//! A tenant with a site, and the commands that most cases begin with.

use std::sync::Arc;

use super::Fixture;
use crate::audit::{Chain, ChainHead, StoredEvent, verify};
use crate::digest::Digest;
use crate::id::{AttemptId, ReleaseId, TenantId};
use crate::page::Limit;
use crate::port::{
    ChangeSet, ClaimRequest, Committed, EventQuery, Lease, ListQuery, Load, Record, Snapshot, Store,
    StoreError, WorkKey, WorkerId,
};
use crate::release::Release;
use crate::release::event::ReleaseEvent;
use crate::testing::builders::{Site, principal, put, release_change, release_id, tenant, uuid};

/// How long a lease of [`World::claim`] holds, in seconds.
pub(super) const LEASE_SECONDS: i64 = 30;

/// A tenant with a stored site whose releases need no vote.
pub(super) struct World {
    pub(super) fixture: Fixture,
    pub(super) tenant: TenantId,
    pub(super) site: Site,
}

impl World {
    /// The tenant `acme` with the service `shop`.
    pub(super) async fn of(fixture: Fixture) -> Self {
        let mut world = Self { fixture, tenant: tenant("acme"), site: Site::new("shop", 0) };
        world.site = world.add(world.site.clone()).await;
        world
    }

    /// Stores `site`, and gives it as it is stored.
    pub(super) async fn add(&self, site: Site) -> Site {
        let mut change = put(&self.tenant, site.service);
        change.merge(put(&self.tenant, site.deployment));
        change.merge(put(&self.tenant, site.config));
        let [service, deployment, config] =
            <[Record; 3]>::try_from(self.commit(change).await.records).unwrap();
        Site {
            service: service.try_into().unwrap(),
            deployment: deployment.try_into().unwrap(),
            config: config.try_into().unwrap(),
        }
    }

    pub(super) fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.fixture.store)
    }

    pub(super) async fn try_commit(&self, change: ChangeSet) -> Result<Committed, StoreError> {
        self.fixture.store.commit(change).await
    }

    pub(super) async fn commit(&self, change: ChangeSet) -> Committed {
        self.try_commit(change).await.expect("the change commits")
    }

    /// Writes one row, and gives it as it is stored.
    pub(super) async fn put<T>(&self, row: T) -> T
    where
        T: Into<Record> + TryFrom<Record, Error: std::fmt::Debug>,
    {
        let committed = self.commit(put(&self.tenant, row)).await;
        committed.records.into_iter().next().expect("one row").try_into().expect("the same kind of row")
    }

    pub(super) async fn load(&self, load: Load) -> Snapshot {
        self.fixture.store.load(&self.tenant, &load).await.expect("the load succeeds")
    }

    pub(super) async fn release(&self, id: ReleaseId) -> Release {
        self.load(Load::release(id)).await.release.expect("the release is there")
    }

    /// A change to a release of this tenant.
    pub(super) fn change(&self, before: Option<&Release>, events: Vec<ReleaseEvent>) -> ChangeSet {
        release_change(&self.tenant, before, events)
    }

    /// Asks for release `number` of the site; no vote is asked, so it is approved.
    pub(super) async fn create(&self, number: u64) -> Release {
        self.create_at(&self.site, number).await
    }

    /// Asks for release `number` of `site`.
    pub(super) async fn create_at(&self, site: &Site, number: u64) -> Release {
        let change = self.change(None, vec![site.created(release_id(number))]);
        let committed = self.commit(change).await;
        committed.records.into_iter().next().expect("one row").try_into().expect("a release")
    }

    /// Records `events` of the release, and gives the row as it is stored.
    pub(super) async fn advance(&self, before: &Release, events: Vec<ReleaseEvent>) -> Release {
        let committed = self.commit(self.change(Some(before), events)).await;
        committed.records.into_iter().next().expect("one row").try_into().expect("a release")
    }

    /// Claims up to `limit` pieces of work for worker `worker`.
    pub(super) async fn claim(&self, worker: u64, limit: u16) -> Vec<Lease> {
        self.fixture.store.claim(claim_request(worker, limit)).await.expect("the claim succeeds")
    }

    /// Claims the only piece of work that is due.
    pub(super) async fn claim_one(&self, worker: u64) -> Lease {
        let leases = self.claim(worker, 10).await;
        <[Lease; 1]>::try_from(leases).map(|[lease]| lease).expect("one piece of work is due")
    }

    pub(super) async fn events(&self, chain: Chain) -> Vec<StoredEvent> {
        let query = EventQuery { limit: EventQuery::MAX_LIMIT, ..EventQuery::of(chain) };
        self.fixture.store.events(&self.tenant, &query).await.expect("the events are read")
    }

    /// Checks that both chains are whole and end at their heads.
    pub(super) async fn verify_chains(&self) {
        for chain in [Chain::Ledger, Chain::Security] {
            let events = self.events(chain).await;
            let found = verify(&self.tenant, chain, ChainHead::EMPTY, &events).expect("the chain is whole");
            let head = self.fixture.store.head(&self.tenant, chain).await.expect("the head is read");
            assert_eq!(found, head, "the {} chain ends where its head says", chain.as_str());
        }
    }

    /// One page that holds the whole list.
    pub(super) async fn list(&self, query: &ListQuery) -> Vec<Record> {
        let limit = Limit::new(Limit::MAX.into()).unwrap();
        let page = self.fixture.store.list(&self.tenant, query, None, limit).await.expect("the list is read");
        assert_eq!(page.next, None, "the list fits a page");
        page.items
    }
}

/// A claim of worker `worker`.
pub(super) fn claim_request(worker: u64, limit: u16) -> ClaimRequest {
    let lease_micros = LEASE_SECONDS.unsigned_abs() * 1_000_000;
    ClaimRequest { worker: WorkerId(uuid(worker)), limit, lease_micros }
}

/// A rollout of `release` begins under `epoch`.
pub(super) fn started(release: &Release, epoch: u64) -> ReleaseEvent {
    ReleaseEvent::Started {
        content_digest: release.content_digest,
        attempt: AttemptId::from_uuid(release.id().as_uuid()),
        epoch,
        report_token: Digest::of(b"report"),
    }
}

/// A person withdraws a release.
pub(super) fn withdrawn() -> ReleaseEvent {
    use crate::release::state::CancelReason;
    ReleaseEvent::Cancelled { reason: CancelReason::Withdrawn { by: principal("ann") } }
}

/// The work of a release.
pub(super) fn work(release: &Release) -> WorkKey {
    WorkKey::Release(release.id())
}
