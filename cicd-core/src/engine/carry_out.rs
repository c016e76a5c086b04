//! The one door: load, check, decide, commit. A change that lost against another is loaded and decided again.

use std::time::Duration;

use super::Engine;
use super::change::By;
use super::error::EngineError;
use super::facts::Roles;
use super::operation::{Options, Outcome};
use super::pages::touched;
use super::rights::is_denial;
use crate::authz::{Action, Caller, Object};
use crate::id::RowVersion;
use crate::port::{
    ChangeSet, Committed, Load, OperationKey, Record, RecordKey, Resolved, Snapshot, StoreError,
    StoredOutcome,
};
use crate::release::refusal::Refusal;
use crate::time::Timestamp;

/// How long a change may lose against others, in microseconds of the store's time.
const CONTENTION_MICROS: u64 = 10_000_000;

/// What was decided.
pub(super) enum Step {
    /// A change, and the row that answers the caller.
    Commit(Box<ChangeSet>, RecordKey),
    /// It is so already; this row answers the caller.
    Unchanged(Box<Record>),
}

impl Step {
    pub(super) fn commit(change: ChangeSet, answer: RecordKey) -> Self {
        Self::Commit(Box::new(change), answer)
    }
}

/// What a caller must be allowed to do, and to what.
pub(super) struct Needed {
    action: Action,
    object: Object,
    also: Option<Action>,
}

impl Needed {
    pub(super) fn to(action: Action, object: Object) -> Self {
        Self { action, object, also: None }
    }

    /// The same, and another action beside it.
    pub(super) fn and(self, action: Action) -> Self {
        Self { also: Some(action), ..self }
    }
}

type Need<'a> = dyn Fn(&Snapshot) -> Result<Needed, EngineError> + Send + Sync + 'a;
type Decide<'a> = dyn Fn(&Snapshot, Roles) -> Result<Step, EngineError> + Send + Sync + 'a;

/// A caller's command: what it needs, what the caller must be allowed, and what is decided.
pub(super) struct Command<'a> {
    pub(super) caller: &'a Caller,
    pub(super) name: &'static str,
    pub(super) load: Load,
    pub(super) options: &'a Options,
    /// What the caller must be allowed; an error where what it is about is not there.
    pub(super) need: &'a Need<'a>,
    /// What comes of it, given the roles of the caller and of those who voted.
    pub(super) decide: &'a Decide<'a>,
}

/// What came of a command, before it is told to the caller.
enum Done {
    Replayed(StoredOutcome),
    Unchanged(Box<Record>),
    WouldCommit(Box<ChangeSet>),
    Committed(Committed),
}

/// What came of a command, with the row that answers it and the moment of its decision.
struct Settled {
    done: Done,
    answer: RecordKey,
    seq: u64,
    at: Timestamp,
}

impl Engine {
    /// Carries out a caller's command that leaves a row.
    pub(super) async fn carry_out<T: TryFrom<Record>>(
        &self,
        command: Command<'_>,
    ) -> Result<Outcome<T>, EngineError> {
        let Settled { done, answer, seq, at } = self.settle(command).await?;
        match done {
            Done::Replayed(outcome) => {
                let record = Record::from_body(outcome.record.kind, &outcome.body)?;
                Ok(Outcome { replayed: true, ..answered(record, outcome.seq, at)? })
            }
            Done::Unchanged(record) => answered(*record, seq, at),
            Done::WouldCommit(change) => answered(resolved(&change, &answer, at)?, seq, at),
            Done::Committed(committed) => from_committed(committed, &answer),
        }
    }

    /// Carries out a caller's command that leaves nothing.
    pub(super) async fn carry_out_delete(&self, command: Command<'_>) -> Result<Outcome<()>, EngineError> {
        let Settled { done, seq, at, .. } = self.settle(command).await?;
        match done {
            Done::Committed(committed) => {
                Ok(Outcome { value: (), seq: committed.seq, at: committed.at, replayed: false })
            }
            done => Ok(Outcome { value: (), seq, at, replayed: matches!(done, Done::Replayed(_)) }),
        }
    }

    async fn settle(&self, command: Command<'_>) -> Result<Settled, EngineError> {
        let Command { caller, name, load, options, need, decide } = command;
        let operation = operation_key(caller, name, options)?;
        let load = load.under(operation.clone());
        let mut first = None;
        for attempt in 0_u32.. {
            let snapshot = self.store().load(&caller.tenant, &load).await?;
            let (seq, at) = (snapshot.ledger_seq, snapshot.now);
            let began = *first.get_or_insert(at);
            if let Some(outcome) = &snapshot.outcome {
                return replayed(outcome.clone(), options, at);
            }
            let (mut change, answer) = match self.decided(caller, &snapshot, need, decide).await? {
                Step::Unchanged(record) => {
                    let answer = record.key();
                    expect(&answer, record.row_version(), options)?;
                    return Ok(Settled { done: Done::Unchanged(record), answer, seq, at });
                }
                Step::Commit(change, answer) => (change, answer),
            };
            check_expected(&change, &answer, options, at)?;
            if options.dry_run {
                return Ok(Settled { done: Done::WouldCommit(change), answer, seq, at });
            }
            change.under_governance(snapshot.policy.epoch);
            if let Some(operation) = &operation {
                change.answers(operation.clone(), answer.clone());
            }
            match self.commit(*change).await {
                Ok(committed) => return Ok(Settled { done: Done::Committed(committed), answer, seq, at }),
                Err(StoreError::Duplicate { outcome }) => return replayed(*outcome, options, at),
                Err(error) if is_contention(&error) => self.back_off(attempt, began, at).await?,
                Err(error) => return Err(error.into()),
            }
        }
        Err(EngineError::Contended)
    }

    async fn decided(
        &self,
        caller: &Caller,
        snapshot: &Snapshot,
        need: &Need<'_>,
        decide: &Decide<'_>,
    ) -> Result<Step, EngineError> {
        let Needed { action, object, also } = need(snapshot)?;
        self.check(caller, action, &object, snapshot).await?;
        if let Some(also) = also {
            self.check(caller, also, &object, snapshot).await?;
        }
        let roles = match self.roles(caller, &object, snapshot).await {
            Ok(roles) => roles,
            Err(error) => return Err(self.undecided(caller, action, &object, &error, snapshot.now).await),
        };
        match decide(snapshot, roles) {
            Err(EngineError::Refused(refusal)) if is_denial(&refusal) => {
                Err(self.refused(caller, action, &object, &refusal, snapshot.now).await)
            }
            step => step,
        }
    }

    /// Commits, and lets those know who wait for news, the cache first.
    pub(super) async fn commit(&self, change: ChangeSet) -> Result<Committed, StoreError> {
        let events = self.0.observer.as_ref().map(|_| change.ledger_events().to_vec());
        let news = self.0.pages.as_ref().map(|pages| (pages, change.tenant().clone(), touched(&change)));
        let committed = self.store().commit(change).await?;
        if let Some((pages, tenant, touched)) = news {
            pages.committed(&tenant, &touched, committed.seq).await;
        }
        self.0.committed.notify(usize::MAX);
        if let (Some(observer), Some(events)) = (&self.0.observer, events) {
            observer.committed(&events, &committed);
        }
        Ok(committed)
    }

    /// Commits a change of the engine's own, decided anew for as long as it loses against others.
    pub(super) async fn carry_out_own<D>(
        &self,
        by: &By,
        load: &Load,
        decide: D,
    ) -> Result<Committed, EngineError>
    where
        D: Fn(&Snapshot, Roles) -> Result<ChangeSet, EngineError> + Send + Sync,
    {
        let mut first = None;
        for attempt in 0_u32.. {
            let snapshot = self.store().load(&by.tenant, load).await?;
            let began = *first.get_or_insert(snapshot.now);
            let roles = self.voters(&snapshot).await?;
            let mut change = decide(&snapshot, roles)?;
            change.under_governance(snapshot.policy.epoch);
            match self.commit(change).await {
                Err(error) if is_contention(&error) => self.back_off(attempt, began, snapshot.now).await?,
                Err(StoreError::LeaseLost) => {
                    self.0.observer.iter().for_each(|observer| observer.lease_lost());
                    let current = snapshot.lease_epoch;
                    return Err(Refusal::LeaseLost { epoch: current, current }.into());
                }
                Err(StoreError::Occupied { release }) => return Err(Refusal::Occupied { by: release }.into()),
                other => return Ok(other?),
            }
        }
        Err(EngineError::Contended)
    }

    /// Waits a little, longer each time and differently each time, until the contention has lasted too long.
    pub(super) async fn back_off(
        &self,
        attempt: u32,
        began: Timestamp,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        if now.micros_since(began) > CONTENTION_MICROS {
            return Err(EngineError::Contended);
        }
        let [jitter, ..] = self.0.ids.secret();
        let step = u64::from(jitter).saturating_mul(1 << attempt.min(5));
        self.0.timer.sleep(Duration::from_micros(step.saturating_mul(8))).await;
        Ok(())
    }
}

fn is_contention(error: &StoreError) -> bool {
    matches!(error, StoreError::Stale { .. } | StoreError::GovernanceMoved)
}

fn operation_key(
    caller: &Caller,
    name: &str,
    options: &Options,
) -> Result<Option<OperationKey>, EngineError> {
    let Some((key, fingerprint)) = options.key.as_ref().filter(|_| !options.dry_run) else { return Ok(None) };
    if !(1..=255).contains(&key.len()) || key.chars().any(char::is_control) {
        let message = "an idempotency key has 1 to 255 characters and no control characters";
        return Err(crate::violation::Violations::one("", "idempotency_key", message).into());
    }
    Ok(Some(OperationKey {
        principal: caller.principal.clone(),
        operation: name.to_owned(),
        key: key.clone(),
        fingerprint: *fingerprint,
    }))
}

fn replayed(outcome: StoredOutcome, options: &Options, at: Timestamp) -> Result<Settled, EngineError> {
    if options.key.as_ref().is_some_and(|(_, fingerprint)| *fingerprint != outcome.fingerprint) {
        return Err(EngineError::KeyReused);
    }
    let (answer, seq) = (outcome.record.clone(), outcome.seq);
    Ok(Settled { done: Done::Replayed(outcome), answer, seq, at })
}

fn answered<T: TryFrom<Record>>(record: Record, seq: u64, at: Timestamp) -> Result<Outcome<T>, EngineError> {
    let key = record.key();
    let value =
        T::try_from(record).map_err(|_| EngineError::Internal { message: format!("{key} is no answer") })?;
    Ok(Outcome { value, seq, at, replayed: false })
}

fn from_committed<T: TryFrom<Record>>(
    committed: Committed,
    answer: &RecordKey,
) -> Result<Outcome<T>, EngineError> {
    let found = committed.records.into_iter().find(|record| record.key() == *answer);
    let record =
        found.ok_or_else(|| EngineError::Internal { message: format!("{answer} was not committed") })?;
    answered(record, committed.seq, committed.at)
}

fn resolved(change: &ChangeSet, answer: &RecordKey, at: Timestamp) -> Result<Record, EngineError> {
    let rows = change.resolve(at).map_err(|error| EngineError::Internal { message: error.to_string() })?;
    let found = rows.into_iter().find(|row| row.key == *answer).and_then(|row| match row.row {
        Resolved::Put(record) => Some(record),
        Resolved::Delete => None,
    });
    found.ok_or_else(|| EngineError::Internal { message: format!("{answer} would not be there") })
}

/// The caller's idea of the version is the one that the change starts from.
fn check_expected(
    change: &ChangeSet,
    answer: &RecordKey,
    options: &Options,
    now: Timestamp,
) -> Result<(), EngineError> {
    if options.expected.is_none() {
        return Ok(());
    }
    let rows = change.resolve(now).map_err(|error| EngineError::Internal { message: error.to_string() })?;
    let row = rows.into_iter().find(|row| row.key == *answer);
    row.map_or(Ok(()), |row| expect(answer, row.expected, options))
}

fn expect(what: &RecordKey, current: RowVersion, options: &Options) -> Result<(), EngineError> {
    match options.expected {
        Some(expected) if expected != current => {
            Err(EngineError::VersionMoved { what: what.clone(), current })
        }
        _ => Ok(()),
    }
}
