//! One deployment and its releases in memory: what an engine and a store do around `decide`, without either.
//!
//! Every step passes the oracle, in stories as in random sequences.

use std::collections::{BTreeMap, BTreeSet};

use cicd_core::cd::{CdConfig, CdSpec, PolicyFloor, QueueRule};
use cicd_core::gate::{Freeze, Lock};
use cicd_core::id::{PrincipalId, ReleaseId, Role, RowVersion};
use cicd_core::release::Release;
use cicd_core::release::command::Command;
use cicd_core::release::create::{self, Request, Surroundings};
use cicd_core::release::decide::{Decision, decide};
use cicd_core::release::event::ReleaseEvent;
use cicd_core::release::facts::Facts;
use cicd_core::release::ledger::{self, LedgerEntry};
use cicd_core::release::refusal::Refusal;
use cicd_core::release::state::{FailureCause, State};
use cicd_core::service::{Deployment, Hold, HoldReason};
use cicd_core::time::Timestamp;

use crate::{fixture, oracle};

/// A release, everything that happened to it, and the lease on it.
pub(crate) struct Row {
    pub(crate) release: Release,
    pub(crate) history: Vec<(ReleaseEvent, Timestamp)>,
    pub(crate) epoch: u64,
    pub(crate) leased: bool,
}

pub(crate) struct World {
    pub(crate) now: Timestamp,
    pub(crate) deployment: Deployment,
    pub(crate) config: CdConfig,
    pub(crate) floor: PolicyFloor,
    pub(crate) freezes: Vec<Freeze>,
    pub(crate) locks: Vec<Lock>,
    pub(crate) roles: BTreeMap<PrincipalId, BTreeSet<Role>>,
    pub(crate) rows: Vec<Row>,
    /// Newest first.
    pub(crate) ledger: Vec<LedgerEntry>,
}

impl World {
    /// A world where `ann`, `ben` and `cleo` are approvers, `cleo` and `dan` release managers.
    pub(crate) fn new(spec: CdSpec) -> Self {
        let deployment = fixture::deployment();
        let floor = PolicyFloor { minimum_votes: 0, ..PolicyFloor::default_for(deployment.spec.tier) };
        let mut world = Self {
            now: fixture::start_of_time(),
            deployment,
            config: fixture::config(spec),
            floor,
            freezes: Vec::new(),
            locks: Vec::new(),
            roles: BTreeMap::new(),
            rows: Vec::new(),
            ledger: Vec::new(),
        };
        for name in ["ann", "ben", "cleo"] {
            world.grant(name, fixture::APPROVER);
        }
        for name in ["cleo", "dan"] {
            world.grant(name, fixture::MANAGER);
        }
        world
    }

    pub(crate) fn grant(&mut self, name: &str, role: &str) {
        self.roles.entry(fixture::person(name)).or_default().insert(fixture::role(role));
    }

    pub(crate) fn revoke(&mut self, name: &str, role: &str) {
        self.roles.entry(fixture::person(name)).or_default().remove(&fixture::role(role));
    }

    pub(crate) fn pass(&mut self, seconds: u64) {
        self.now = self.now.plus_seconds(seconds);
    }

    pub(crate) fn row(&self, id: ReleaseId) -> &Row {
        self.rows.iter().find(|row| row.release.id() == id).expect("a release of this world")
    }

    fn row_mut(&mut self, id: ReleaseId) -> &mut Row {
        self.rows.iter_mut().find(|row| row.release.id() == id).expect("a release of this world")
    }

    pub(crate) fn release(&self, id: ReleaseId) -> &Release {
        &self.row(id).release
    }

    pub(crate) fn releases(&self) -> impl Iterator<Item = &Release> {
        self.rows.iter().map(|row| &row.release)
    }

    pub(crate) fn executing(&self) -> Option<ReleaseId> {
        self.releases().find(|release| matches!(release.state, State::Executing(_))).map(Release::id)
    }

    pub(crate) fn latest_executed(&self) -> Option<&Release> {
        let standing = self.releases().filter_map(|release| Some((release.state.standing_since()?, release)));
        standing.max_by_key(|(since, _)| *since).map(|(_, release)| release)
    }

    pub(crate) fn facts(&self, id: ReleaseId) -> Facts {
        let row = self.row(id);
        Facts {
            now: self.now,
            lease_epoch: if row.leased { row.epoch } else { 0 },
            deployment_revision: self.deployment.revision,
            cd_config_revision: Some(self.config.revision),
            minimum_votes: self.floor.minimum_votes,
            freezes: self.freezes.clone(),
            locks: self.locks.clone(),
            hold: self.deployment.hold.clone(),
            executing: self.executing(),
            ahead: self.ahead(&row.release),
            overtaken_by: ledger::overtaken_by(&row.release, self.latest_executed()),
            roles: self.roles.clone(),
        }
    }

    fn ahead(&self, release: &Release) -> Option<ReleaseId> {
        let approved = |release: &Release| match release.state {
            State::Approved { approved_at, .. } => Some((approved_at, release.id())),
            _ => None,
        };
        let mine = approved(release)?;
        self.releases().filter_map(approved).filter(|other| *other < mine).min().map(|(_, id)| id)
    }

    fn request(&self, requester: &str) -> Request {
        Request {
            id: fixture::release_id(self.rows.len()),
            requester: fixture::person(requester),
            reason: Some("because".into()),
            version: "1.0".into(),
            retry_of: None,
        }
    }

    fn create(
        &mut self,
        decide: impl FnOnce(Surroundings<'_>) -> Result<ReleaseEvent, Refusal>,
    ) -> Result<ReleaseId, Refusal> {
        let waiting: Vec<Release> = self.releases().filter(|r| r.state.is_unstarted()).cloned().collect();
        let event = decide(Surroundings {
            deployment: &self.deployment,
            config: &self.config,
            floor: &self.floor,
            executing: self.executing(),
            waiting: &waiting,
        })?;
        let release = Release::apply(None, &event, self.now).expect("a first event");
        oracle::created(self, &release);
        let id = release.id();
        let approved = matches!(release.state, State::Approved { .. });
        self.rows.push(Row { release, history: vec![(event, self.now)], epoch: 0, leased: false });
        if approved {
            self.supersede(id);
        }
        Ok(id)
    }

    /// Asks for a deploy of the artifact `label`.
    pub(crate) fn deploy(&mut self, label: &str, requester: &str) -> Result<ReleaseId, Refusal> {
        self.now = self.now.plus_micros(1);
        let request = self.request(requester);
        self.create(|around| create::deploy(request, fixture::artifact(label), around))
    }

    /// Asks for a rollback of `source`; where it executes, it is aborted.
    pub(crate) fn rollback(
        &mut self,
        source: ReleaseId,
        target: Option<ReleaseId>,
        requester: &str,
    ) -> Result<ReleaseId, Refusal> {
        self.now = self.now.plus_micros(1);
        let request = self.request(requester);
        let release = self.release(source).clone();
        let latest = self.latest_executed().map(Release::id);
        let entry = ledger::rollback_target(&release, latest, &self.ledger, target)?.clone();
        let id = self.create(|around| create::rollback(request, &release, &entry, around))?;
        if self.executing() == Some(source) {
            let cause = FailureCause::RollbackRequested { by: id };
            self.command(source, &Command::Abort { cause }).expect("what executes can be aborted");
        }
        Ok(id)
    }

    /// Decides and commits.
    pub(crate) fn command(&mut self, id: ReleaseId, command: &Command) -> Result<Decision, Refusal> {
        self.now = self.now.plus_micros(1);
        let facts = self.facts(id);
        let result = decide(self.release(id), command, &facts);
        oracle::decided(self.release(id), command, &facts, &result);
        let events = result?;
        if !events.is_empty() {
            self.commit(id, &events, &facts);
        }
        Ok(events)
    }

    fn commit(&mut self, id: ReleaseId, events: &[ReleaseEvent], facts: &Facts) {
        let now = self.now;
        let before = self.release(id).clone();
        let stamped = events.iter().map(|event| (event, now));
        let after = Release::fold(Some(before.clone()), stamped).expect("events that follow").unwrap();
        oracle::committed(self, &before, events, &after, facts);
        let row = self.row_mut(id);
        row.release = after;
        row.history.extend(events.iter().map(|event| (event.clone(), now)));
        row.leased &= oracle::needs_a_lease(&row.release);
        for event in events {
            self.follow(id, event);
        }
    }

    /// What else a commit holds.
    fn follow(&mut self, id: ReleaseId, event: &ReleaseEvent) {
        match event {
            ReleaseEvent::Approved { .. } => self.supersede(id),
            ReleaseEvent::Succeeded => self.succeed(id),
            ReleaseEvent::Failed { cause: FailureCause::Unknown } => {
                self.hold(id, HoldReason::ExecutorSilent);
            }
            ReleaseEvent::Failed { .. } if self.release(id).is_rollback() => {
                self.hold(id, HoldReason::RollbackFailed);
            }
            ReleaseEvent::Failed { cause: FailureCause::UndoFailed { .. } } => {
                self.hold(id, HoldReason::UndoFailed);
            }
            _ => {}
        }
    }

    fn hold(&mut self, release: ReleaseId, reason: HoldReason) {
        self.deployment.hold = Some(Hold { reason, release, since: self.now });
    }

    fn supersede(&mut self, by: ReleaseId) {
        if self.config.spec.queue != QueueRule::Supersede {
            return;
        }
        let earlier = self.releases().take_while(|release| release.id() != by);
        let waiting: Vec<_> = earlier.filter(|r| r.state.is_unstarted()).map(Release::id).collect();
        for id in waiting {
            self.command(id, &Command::Supersede { by }).expect("what has not started can be superseded");
        }
    }

    fn succeed(&mut self, id: ReleaseId) {
        let entry = LedgerEntry { row_version: RowVersion(1), ..LedgerEntry::of(self.release(id)) };
        self.ledger.insert(0, entry);
        for undone in self.release(id).spec.kind.undoes().to_vec() {
            for entry in self.ledger.iter_mut().filter(|entry| entry.release == undone) {
                entry.withdrawn_by = Some(id);
            }
            if matches!(self.release(undone).state, State::Succeeded { .. } | State::Failed { .. }) {
                self.command(undone, &Command::Undo { by: id }).expect("what ended can be undone");
            }
        }
    }

    /// Takes the lease on a release, where nobody holds it.
    pub(crate) fn claim(&mut self, id: ReleaseId) -> Option<u64> {
        let row = self.row_mut(id);
        if row.leased {
            return None;
        }
        row.epoch += 1;
        row.leased = true;
        Some(row.epoch)
    }

    /// The holder dies: its lease runs out.
    pub(crate) fn lose_lease(&mut self, id: ReleaseId) {
        self.row_mut(id).leased = false;
    }
}
