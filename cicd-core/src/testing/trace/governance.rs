//! Freezes, locks, roles, tokens and denials.

use super::player::Player;
use crate::authz::Token;
use crate::gate::{Freeze, Lock};
use crate::id::{FreezeId, LockId, TokenId};
use crate::page::Limit;
use crate::port::{ChangeSet, ListQuery, Load, Record, RecordKey, RecordKind};
use crate::testing::builders::{delete, event, freeze, grant, lock, put, subject, token};

impl Player<'_> {
    pub(super) async fn govern(&mut self) {
        match self.dice.below(9) {
            0 => self.freeze().await,
            1 => self.lock().await,
            2 | 3 => self.lift(&ListQuery::Freezes).await,
            4 | 5 => self.lift(&ListQuery::Locks).await,
            6 => self.change_role().await,
            7 => self.give_token().await,
            _ => self.revoke_token().await,
        }
    }

    async fn now(&mut self) -> crate::time::Timestamp {
        self.load(&Load::tenant()).await.now
    }

    async fn govern_by(&mut self, what: &str, mut change: ChangeSet) {
        change.governs();
        self.commit(what, change).await;
    }

    async fn freeze(&mut self) {
        let now = self.now().await;
        let (from, length) = (now.plus_seconds(self.dice.below(60)), 1 + self.dice.below(90));
        let id = FreezeId::from_uuid(self.draw_id());
        let row = Freeze { id, ..freeze(0, from, from.plus_seconds(length)) };
        self.govern_by("freeze", put(&self.tenant, row)).await;
    }

    async fn lock(&mut self) {
        let until = self.now().await.plus_seconds(1 + self.dice.below(90));
        let (id, deployment) = (LockId::from_uuid(self.draw_id()), self.a_deployment());
        let row = Lock { id, ..lock(0, &deployment, until) };
        self.govern_by("lock", put(&self.tenant, row)).await;
    }

    /// One of the rows of a list.
    pub(super) async fn one_of(&mut self, query: &ListQuery) -> Option<Record> {
        let page = self.fixture.store.list(&self.tenant, query, None, Limit::default()).await;
        let rows = page.expect("the list is read").items;
        self.dice.pick(&rows).cloned()
    }

    async fn lift(&mut self, query: &ListQuery) {
        if let Some(row) = self.one_of(query).await {
            self.govern_by("lift", delete(&self.tenant, row.key(), row.row_version())).await;
        }
    }

    async fn change_role(&mut self) {
        let who = self.person();
        let row = Record::from(grant(who, "approver"));
        let stored = self.load(&Load::record(row.key())).await.record;
        let change = match stored {
            Some(stored) => delete(&self.tenant, stored.key(), stored.row_version()),
            None => put(&self.tenant, row),
        };
        self.govern_by("role", change).await;
    }

    async fn give_token(&mut self) {
        let until = self.now().await.plus_seconds(self.dice.below(6_000));
        let (id, who) = (TokenId::from_uuid(self.draw_id()), self.person());
        let row = Token { id, ..token(0, who, &format!("{} {id}", self.tenant), until) };
        let hash = row.hash;
        self.commit("token", put(&self.tenant, row)).await;
        let found = self.fixture.store.token(hash).await.expect("the token is read");
        self.note("token by hash", &found);
    }

    async fn revoke_token(&mut self) {
        let now = self.now().await;
        if let Some(Record::Token(row)) = self.one_of(&ListQuery::Tokens).await {
            let revoked = Token { revoked_at: Some(now), ..row };
            self.commit("revoke", put(&self.tenant, revoked)).await;
        }
    }

    pub(super) async fn deny(&mut self) {
        let who = self.person();
        let about = subject(&RecordKey::new(RecordKind::Service, who));
        let change = ChangeSet::denial(self.tenant.clone(), event("access.denied", about));
        self.commit("denial", change).await;
    }
}
