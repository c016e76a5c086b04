//! The same commands on two stores: the same answers, rows, events and hashes.
//!
//! A trace is drawn from a seed: a tenant's people put configs, ask for releases, vote, freeze, lock, roll back; workers
//! claim, start, step and lose leases; sources deliver; clocks go back; changes are repeated and come late.

mod dice;
mod governance;
mod holder;
mod player;
mod reads;
mod releases;
mod runs;
mod site;
mod sources;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use super::store::{Dump, Fixture, dump};
use crate::audit::Chain;
use crate::audit::{ChainHead, StoredEvent, verify};
use crate::id::{ReleaseId, TenantId};
use crate::port::{ListQuery, Record};
use crate::release::Release;
use crate::release::event::ReleaseEvent;
use player::Player;

/// What happened, line by line, and what was left in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Each command and its answer.
    pub lines: Vec<String>,
    /// How often each kind of answer was given.
    pub answers: Answers,
    /// Everything that can be read of the tenant in the end.
    pub end: Dump,
}

/// How often each kind of answer was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers(pub BTreeMap<&'static str, u64>);

impl Answers {
    /// Every kind of answer that a store or the domain gives in a trace.
    pub const KINDS: [&'static str; 7] =
        ["committed", "refused", "stale", "governance_moved", "lease_lost", "occupied", "duplicate"];

    pub(self) fn count(&mut self, kind: &'static str) {
        *self.0.entry(kind).or_default() += 1;
    }

    fn add(&mut self, other: &Self) {
        for (kind, count) in &other.0 {
            *self.0.entry(kind).or_default() += count;
        }
    }

    /// The kinds that never came.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        Self::KINDS.into_iter().filter(|kind| !self.0.contains_key(kind)).collect()
    }
}

impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts: Vec<_> = self.0.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        f.write_str(&counts.join(", "))
    }
}

/// Plays `steps` commands, drawn from `seed`, on a tenant of their own, then ends all that is under way.
///
/// # Panics
/// When the store fails with what no command can cause, or the end breaks an invariant.
pub async fn run(fixture: &Fixture, seed: u64, steps: usize) -> Trace {
    let tenant: TenantId = format!("seed-{seed}").parse().expect("a slug");
    let mut player = Player::new(fixture, tenant.clone(), seed);
    player.set_up().await;
    for _ in 0..steps {
        player.step().await;
    }
    player.wind_down().await;
    let end = dump(&*fixture.store, &tenant).await;
    check(&tenant, &end);
    Trace { lines: player.lines, answers: player.answers, end }
}

/// Plays the trace of each seed on both stores, whose clocks stand at the same time, and gives what was answered in all.
///
/// # Panics
/// At the first difference, which it names.
pub async fn agree(one: &Fixture, other: &Fixture, seeds: Range<u64>, steps: usize) -> Answers {
    let mut answers = Answers::default();
    for seed in seeds {
        let (first, second) = (run(one, seed, steps).await, run(other, seed, steps).await);
        let differing = first.lines.iter().zip(&second.lines).position(|(a, b)| a != b);
        if let Some(line) = differing {
            let (a, b) = (&first.lines[line], &second.lines[line]);
            panic!("seed {seed}, command {line}: one store answers\n{a}\nthe other\n{b}");
        }
        assert_eq!(first, second, "seed {seed}: the same answers, but not the same rows");
        answers.add(&first.answers);
    }
    answers
}

/// What holds in the end of every trace: whole chains, rows that are the fold of their events, one rollout at a place.
fn check(tenant: &TenantId, end: &Dump) {
    for ((head, events), chain) in end.chains.iter().zip([Chain::Ledger, Chain::Security]) {
        assert_eq!(verify(tenant, chain, ChainHead::EMPTY, events), Ok(*head));
    }
    let (_, ledger) = &end.chains[0];
    let mut rows = fold(ledger);
    for (query, list) in &end.lists {
        if !matches!(query, ListQuery::Releases(_)) {
            continue;
        }
        for row in list {
            let Record::Release(release) = row else { panic!("a list of releases holds {row:?}") };
            assert_eq!(
                rows.remove(&release.id()).as_ref(),
                Some(release),
                "the row is the fold of its events"
            );
        }
    }
    assert!(rows.is_empty(), "releases with events and without rows: {:?}", rows.keys());
}

/// The releases that the events of a chain make.
fn fold(events: &[StoredEvent]) -> BTreeMap<ReleaseId, Release> {
    let mut rows = BTreeMap::new();
    for stored in events {
        let event = stored.event().expect("the bytes are an event");
        let (Some(id), Ok(happened)) =
            (event.subject.release, serde_json::from_value::<ReleaseEvent>(event.data))
        else {
            continue;
        };
        let row = Release::apply(rows.remove(&id), &happened, stored.at).expect("the event follows");
        rows.insert(id, row);
    }
    rows
}
