//! What people look at.

use std::collections::BTreeSet;

use super::player::Player;
use crate::audit::Chain;
use crate::page::Limit;
use crate::port::{
    Born, EventQuery, ListQuery, Load, Order, Record, RecordKey, RecordKind, ReleaseFilter, RunFilter, Topic,
};
use crate::testing::builders::principal;

impl Player<'_> {
    pub(super) async fn read(&mut self) {
        match self.dice.below(4) {
            0 => self.read_events().await,
            1 => self.read_snapshot().await,
            _ => self.read_list().await,
        }
    }

    async fn read_list(&mut self) {
        let query = self.a_list();
        let limit = Limit::new(1 + self.dice.below(4)).expect("a limit");
        let mut after = None;
        for _ in 0..3 {
            let page = self.fixture.store.list(&self.tenant, &query, after.as_deref(), limit).await;
            let page = page.expect("the list is read");
            let keys: Vec<RecordKey> = page.items.iter().map(Record::key).collect();
            after = page.next;
            self.note(&format!("{query:?}"), &(keys, after.is_some()));
            if after.is_none() {
                return;
            }
        }
    }

    fn a_list(&mut self) -> ListQuery {
        let (deployment, service) = (self.a_deployment(), self.a_service());
        let status = self.dice.pick(&["approved", "executing", "succeeded", "queued", "running"]);
        let status = status.map(|name| (*name).to_owned()).filter(|_| self.dice.one_in(2));
        match self.dice.below(10) {
            0 => ListQuery::Releases(ReleaseFilter {
                service: Some(service),
                status,
                ..ReleaseFilter::default()
            }),
            1 => ListQuery::Releases(ReleaseFilter {
                deployment: Some(deployment),
                status,
                ..ReleaseFilter::default()
            }),
            2 => ListQuery::Releases(ReleaseFilter { status, ..ReleaseFilter::default() }),
            3 => ListQuery::CiRuns(RunFilter { service: Some(service), status, ..RunFilter::default() }),
            4 => ListQuery::Revisions { kind: RecordKind::CdConfig, id: deployment.to_string() },
            5 => ListQuery::Grants,
            6 => ListQuery::Sources,
            7 => ListQuery::OldestDeliveries,
            8 => ListQuery::Releases(ReleaseFilter {
                requester: Some(principal(self.person())),
                born: self.births(),
                ..ReleaseFilter::default()
            }),
            _ => ListQuery::Ledger { deployment },
        }
    }

    /// A part of the history, from either end.
    fn births(&mut self) -> Born {
        Born {
            from: self.dice.one_in(2).then(|| self.dice.below(40)),
            to: self.dice.one_in(2).then(|| self.dice.below(200)),
            oldest_first: self.dice.one_in(2),
        }
    }

    async fn read_events(&mut self) {
        let chain = if self.dice.one_in(3) { Chain::Security } else { Chain::Ledger };
        let order = if self.dice.one_in(2) { Order::NewestFirst } else { Order::OldestFirst };
        let query = EventQuery {
            order,
            after: self.dice.one_in(2).then(|| self.dice.below(40)),
            service: self.dice.one_in(3).then(|| self.a_service()),
            release: self.dice.pick(&self.releases).copied().filter(|_| self.dice.one_in(3)),
            actor: self.dice.one_in(4).then(|| self.person().to_owned()),
            about: if self.dice.one_in(3) { self.topics() } else { Vec::new() },
            limit: u16::try_from(1 + self.dice.below(9)).unwrap_or(1),
            ..EventQuery::of(chain)
        };
        let events = self.fixture.store.events(&self.tenant, &query).await.expect("the events are read");
        let places: Vec<_> = events.iter().map(|event| (event.seq, event.hash)).collect();
        self.note(&format!("events {:?} {:?}", query.order, query.after), &places);
    }

    fn topics(&mut self) -> Vec<Topic> {
        let mut topics = vec![Topic::Deployment(self.a_deployment()), Topic::Governance];
        topics.extend(self.dice.pick(&self.releases).copied().map(Topic::Release));
        topics
    }

    async fn read_snapshot(&mut self) {
        let load = match self.dice.pick(&self.releases).copied() {
            Some(id) if self.dice.one_in(2) => Load::release(id),
            _ => Load::deployment(self.a_deployment()),
        };
        let snapshot = self.load(&load).await;
        self.note("snapshot", &snapshot);
        let places: BTreeSet<_> = [self.a_deployment(), self.a_deployment()].into();
        let places: Vec<_> = places.into_iter().collect();
        let standings = self.fixture.store.standings(&self.tenant, &places).await;
        self.note("standings", &standings.expect("the standings are read"));
    }
}
