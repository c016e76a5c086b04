//! Who plays a trace: what is known of the tenant, and how answers are written down.

use std::collections::VecDeque;
use std::fmt::Debug;

use uuid::Uuid;

use super::Answers;
use super::dice::Dice;
use crate::digest::Digest;
use crate::id::{CiRunId, ReleaseId, TenantId};
use crate::port::{ChangeSet, Committed, Lease, Load, OperationKey, Record, Snapshot, StoreError};
use crate::testing::builders::{principal, uuid};
use crate::testing::store::Fixture;
use crate::time::Timestamp;

/// How many changes are kept, to be repeated later.
const KEPT: usize = 6;

/// The people of the tenant.
pub(super) const PEOPLE: [&str; 4] = ["ann", "bob", "cid", "rita"];

pub(super) struct Player<'a> {
    pub(super) fixture: &'a Fixture,
    pub(super) tenant: TenantId,
    pub(super) dice: Dice,
    pub(super) lines: Vec<String>,
    pub(super) answers: Answers,
    pub(super) releases: Vec<ReleaseId>,
    pub(super) runs: Vec<CiRunId>,
    pub(super) leases: Vec<Lease>,
    kept: VecDeque<ChangeSet>,
    /// The governance epoch at the last look: later changes may make it an old one.
    epoch: u64,
}

impl<'a> Player<'a> {
    pub(super) fn new(fixture: &'a Fixture, tenant: TenantId, seed: u64) -> Self {
        Self {
            fixture,
            tenant,
            dice: Dice::new(seed),
            lines: Vec::new(),
            answers: Answers::default(),
            releases: Vec::new(),
            runs: Vec::new(),
            leases: Vec::new(),
            kept: VecDeque::new(),
            epoch: 0,
        }
    }

    /// One command.
    pub(super) async fn step(&mut self) {
        match self.dice.below(53) {
            0..4 => self.step_clock().await,
            4..6 => self.put_config().await,
            6..8 => self.govern().await,
            8..12 => self.create_release().await,
            12..18 => self.vote().await,
            18..20 => self.steer().await,
            20..22 => self.roll_back().await,
            22..26 => self.claim().await,
            26..42 => self.hold().await,
            42..44 => self.build().await,
            44 => self.deny().await,
            45 => self.repeat().await,
            46..48 => self.crowd().await,
            48..51 => self.hear().await,
            _ => self.read().await,
        }
    }

    /// An id that says nothing about when it was drawn.
    pub(super) fn draw_id(&mut self) -> Uuid {
        uuid(self.dice.below(1 << 40))
    }

    pub(super) fn person(&mut self) -> &'static str {
        self.dice.pick(&PEOPLE).copied().unwrap_or("ann")
    }

    pub(super) async fn load(&mut self, load: &Load) -> Snapshot {
        let snapshot = self.fixture.store.load(&self.tenant, load).await.expect("the load succeeds");
        if self.dice.one_in(3) {
            self.epoch = snapshot.policy.epoch;
        }
        snapshot
    }

    /// Commits, sometimes under a key or a governance epoch that may be an old one, and writes the answer down.
    pub(super) async fn commit(&mut self, what: &str, mut change: ChangeSet) -> Option<Committed> {
        if self.dice.one_in(6) {
            change.under_governance(self.epoch);
        }
        if self.dice.one_in(6)
            && let Some(row) = change.resolve(Timestamp::EPOCH).ok().and_then(|rows| rows.into_iter().next())
        {
            let operation = self.operation();
            change.answers(operation, row.key);
        }
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(change.clone());
        self.commit_as_it_is(what, change).await
    }

    /// Commits what ends the trace: without a key or an epoch that could refuse it.
    pub(super) async fn end(&mut self, what: &str, change: ChangeSet) {
        let committed = self.commit_as_it_is(what, change).await;
        assert!(committed.is_some(), "nothing stands in the way of the end: {:?}", self.lines.last());
    }

    async fn commit_as_it_is(&mut self, what: &str, change: ChangeSet) -> Option<Committed> {
        let answer = self.fixture.store.commit(change).await;
        match &answer {
            Ok(committed) => self.note_committed(what, committed),
            Err(error) => self.note_error(what, error),
        }
        answer.ok()
    }

    fn operation(&mut self) -> OperationKey {
        let caller = self.person();
        OperationKey {
            principal: principal(caller),
            operation: "trace".to_owned(),
            key: self.dice.below(3).to_string(),
            fingerprint: Digest::of(&[u8::from(self.dice.one_in(2))]),
        }
    }

    fn note_committed(&mut self, what: &str, committed: &Committed) {
        self.answers.count("committed");
        let rows: Vec<_> = committed.records.iter().map(body).collect();
        let Committed { at, seq, governance_epoch, .. } = committed;
        self.lines.push(format!("{what}: at {at} seq {seq} epoch {governance_epoch} {}", rows.join(" ")));
    }

    pub(super) fn note_error(&mut self, what: &str, error: &StoreError) {
        let (kind, text) = match error {
            StoreError::Stale { .. } => ("stale", error.to_string()),
            StoreError::GovernanceMoved => ("governance_moved", String::new()),
            StoreError::LeaseLost => ("lease_lost", String::new()),
            StoreError::Occupied { .. } => ("occupied", error.to_string()),
            StoreError::Duplicate { outcome } => {
                // Spaces and the order of members are a store's own.
                let body: serde_json::Value = serde_json::from_str(&outcome.body).expect("a body is json");
                ("duplicate", format!("{} {} {} {body}", outcome.fingerprint, outcome.record, outcome.seq))
            }
            other => panic!("no command of a trace causes this: {other:?}"),
        };
        self.answers.count(kind);
        self.lines.push(format!("{what}: {kind} {text}"));
    }

    /// Writes down what the domain refused.
    pub(super) fn note_refused(&mut self, what: &str, refusal: &dyn std::fmt::Display) {
        self.answers.count("refused");
        self.lines.push(format!("{what}: refused, {refusal}"));
    }

    pub(super) fn note(&mut self, what: &str, answer: &impl Debug) {
        self.lines.push(format!("{what}: {answer:?}"));
    }

    /// Commits a change once more: it comes late, or was carried out before.
    async fn repeat(&mut self) {
        let kept = self.kept.make_contiguous();
        if let Some(change) = self.dice.pick(kept).cloned() {
            self.commit_as_it_is("repeat", change).await;
        }
    }

    async fn step_clock(&mut self) {
        let seconds = match self.dice.below(12) {
            0 => -60,
            1 => 0,
            2 => 3_600,
            3 => 2 * 24 * 3_600,
            _ => i64::try_from(self.dice.below(40)).unwrap_or(0),
        };
        self.fixture.step_seconds(seconds).await;
        self.lines.push(format!("clock: {seconds} s"));
    }
}

/// A row as it is written down.
fn body(record: &Record) -> String {
    record.body().expect("rows serialise").to_string()
}
