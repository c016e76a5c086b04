//! Releases as people drive them: asked for, voted on, steered, rolled back.

use std::collections::BTreeMap;

use super::player::{PEOPLE, Player};
use super::site::floor_of;
use crate::authz::Object;
use crate::digest::Digest;
use crate::id::{PrincipalId, ReleaseId};
use crate::port::{ChangeSet, Load, Record, Snapshot, WorkKey, Write};
use crate::release::command::{Ballot, Command};
use crate::release::content::{Artifact, ArtifactOrigin};
use crate::release::create::{self, Request, Surroundings};
use crate::release::decide::decide;
use crate::release::event::ReleaseEvent;
use crate::release::facts::Facts;
use crate::release::ledger::{LedgerEntry, overtaken_by, rollback_target};
use crate::release::queue::Queue;
use crate::release::state::{FailureCause, State};
use crate::release::{Release, refusal::Refusal};
use crate::testing::builders::{principal, put, release_change};

impl Player<'_> {
    pub(super) async fn create_release(&mut self) {
        let id = self.a_deployment();
        let snapshot = self.load(&Load::deployment(id)).await;
        let request = self.request();
        let digest = Digest::of(&[u8::try_from(self.dice.below(3)).unwrap_or(0)]);
        let origin = ArtifactOrigin::External { location: "https://artifacts.example".to_owned() };
        let artifact = Artifact { digest, name: "site".to_owned(), origin };
        let created = surrounded(&snapshot, |around| create::deploy(request, artifact, around));
        self.commit_created("create", &snapshot, created).await;
    }

    pub(super) async fn roll_back(&mut self) {
        let id = self.a_deployment();
        let snapshot = self.load(&Load::deployment(id)).await;
        let Some(source) = snapshot.latest_executed.clone() else { return };
        let target = self.dice.one_in(4).then(|| self.dice.pick(&self.releases).copied()).flatten();
        let request = self.request();
        let created = surrounded(&snapshot, |around| {
            let entry = rollback_target(&source, Some(source.id()), &snapshot.ledger, target)?;
            create::rollback(request, &source, entry, around)
        });
        self.commit_created("rollback", &snapshot, created).await;
    }

    fn request(&mut self) -> Request {
        Request {
            id: ReleaseId::from_uuid(self.draw_id()),
            requester: principal(self.person()),
            reason: Some("trace".to_owned()),
            version: self.dice.below(10).to_string(),
            retry_of: None,
        }
    }

    async fn commit_created(
        &mut self,
        what: &str,
        snapshot: &Snapshot,
        created: Option<Result<ReleaseEvent, Refusal>>,
    ) {
        let event = match created {
            None => return,
            Some(Err(refusal)) => return self.note_refused(what, &refusal),
            Some(Ok(event)) => event,
        };
        let mut change = release_change(&self.tenant, None, vec![event.clone()]);
        rely_on(&mut change, snapshot);
        let joined = Release::apply(None, &event, snapshot.now).expect("a creation is a beginning");
        write_queue(&mut change, snapshot, &joined);
        if let Some(committed) = self.commit(what, change).await {
            self.releases.extend(committed.records.iter().filter_map(release_id));
        }
    }

    pub(super) async fn vote(&mut self) {
        let Some(id) = self.a_release() else { return };
        let snapshot = self.load(&Load::release(id)).await;
        let Some(release) = &snapshot.release else { return };
        let seen = if self.dice.one_in(12) { Digest::ZERO } else { release.content_digest };
        let comment = (!self.dice.one_in(3)).then(|| "as I see it".to_owned());
        let ballot = Ballot { person: principal(self.person()), role: None, content: seen, comment };
        let command = if self.dice.one_in(8) { Command::Reject(ballot) } else { Command::Approve(ballot) };
        self.decide_and_commit("vote", &snapshot, &command).await;
    }

    pub(super) async fn steer(&mut self) {
        let Some(id) = self.a_release() else { return };
        let by = principal(self.person());
        let command = match self.dice.below(9) {
            0 => Command::Cancel { by },
            1 => Command::Expire,
            2 => Command::MarkStale,
            3 => Command::Supersede { by: self.a_release().unwrap_or(id) },
            4 => Command::Pause { by },
            5 => Command::Promote { by },
            6 => Command::Abort { cause: FailureCause::Aborted { by, reason: None } },
            7 => Command::Abort { cause: FailureCause::DeadlineExceeded },
            _ => Command::Resume { by },
        };
        let snapshot = self.load(&Load::release(id)).await;
        self.decide_and_commit("steer", &snapshot, &command).await;
    }

    /// One of the releases, more often a late one or one that a worker held lately.
    fn a_release(&mut self) -> Option<ReleaseId> {
        if let (true, Some(WorkKey::Release(held))) =
            (self.dice.one_in(3), self.leases.last().map(|lease| lease.work))
        {
            return Some(held);
        }
        let late = self.releases.len().saturating_sub(3);
        let from = if self.dice.one_in(4) { 0 } else { late };
        let choices: Vec<_> = self.releases.iter().skip(from).copied().collect();
        self.dice.pick(&choices).copied()
    }

    /// Decides the command on the snapshot's release, and commits what comes of it.
    pub(super) async fn decide_and_commit(&mut self, what: &str, snapshot: &Snapshot, command: &Command) {
        if let Some(change) = self.decided(what, snapshot, command) {
            self.commit(what, change).await;
        }
    }

    /// The change that the command makes to the snapshot's release, with what its success brings with it.
    pub(super) fn decided(
        &mut self,
        what: &str,
        snapshot: &Snapshot,
        command: &Command,
    ) -> Option<ChangeSet> {
        let (release, facts) = (snapshot.release.as_ref()?, facts(snapshot)?);
        let what = format!("{what} {}", command.name());
        let events = match decide(release, command, &facts) {
            Ok(events) if events.is_empty() => {
                self.lines.push(format!("{what}: as it is"));
                return None;
            }
            Ok(events) => events,
            Err(refusal) => {
                self.note_refused(&what, &refusal);
                return None;
            }
        };
        let succeeded = events.contains(&ReleaseEvent::Succeeded);
        let stamped = events.iter().map(|event| (event, snapshot.now));
        let after = Release::fold(Some(release.clone()), stamped).expect("what was decided follows")?;
        let mut change = release_change(&self.tenant, Some(release), events);
        rely_on(&mut change, snapshot);
        if release.state.name() != after.state.name() && matches!(after.state, State::Approved { .. }) {
            write_queue(&mut change, snapshot, &after);
        }
        if succeeded {
            self.succeed(&mut change, snapshot, release, &facts);
        }
        Some(change)
    }

    /// The ledger, and what the success undoes.
    fn succeed(&self, change: &mut ChangeSet, snapshot: &Snapshot, release: &Release, facts: &Facts) {
        change.merge(put(&self.tenant, LedgerEntry::of(release)));
        for undone in &snapshot.undone {
            if let Ok(events) = decide(undone, &Command::Undo { by: release.id() }, facts) {
                change.merge(release_change(&self.tenant, Some(undone), events));
            }
        }
        let undoes = release.spec.kind.undoes();
        for entry in snapshot.ledger.iter().filter(|entry| undoes.contains(&entry.release)) {
            let withdrawn = LedgerEntry { withdrawn_by: Some(release.id()), ..entry.clone() };
            change.merge(put(&self.tenant, withdrawn));
        }
    }
}

fn release_id(row: &Record) -> Option<ReleaseId> {
    if let Record::Release(release) = row { Some(release.id()) } else { None }
}

/// The queue of the deployment, as `release` joins it or is approved.
fn write_queue(change: &mut ChangeSet, snapshot: &Snapshot, release: &Release) {
    change.write(Write::Put(Box::new(Queue::after(snapshot.queue.as_ref(), release).into())));
}

/// The change commits only while deployment and CD config are as the snapshot saw them.
fn rely_on(change: &mut ChangeSet, snapshot: &Snapshot) {
    let deployment = snapshot.deployment.clone().map(Record::from);
    let config = snapshot.cd_config.clone().map(Record::from);
    for row in [deployment, config].into_iter().flatten() {
        change.rely_on(row.key(), row.row_version());
    }
}

/// What `create` gives where a deployment and a CD config are there.
fn surrounded<T>(snapshot: &Snapshot, create: impl FnOnce(Surroundings<'_>) -> T) -> Option<T> {
    let (deployment, config) = (snapshot.deployment.as_ref()?, snapshot.cd_config.as_ref()?);
    let floor = floor_of(snapshot, deployment.spec.tier);
    let executing = snapshot.executing.as_ref().map(Release::id);
    Some(create(Surroundings { deployment, config, floor: &floor, executing, waiting: &snapshot.waiting }))
}

/// The facts that a decision on the snapshot's release relies on.
fn facts(snapshot: &Snapshot) -> Option<Facts> {
    let (release, deployment) = (snapshot.release.as_ref()?, snapshot.deployment.as_ref()?);
    let object = Object::deployment(deployment);
    let roles: BTreeMap<PrincipalId, _> = PEOPLE
        .iter()
        .map(|name| (principal(name), snapshot.policy.roles(&principal(name), &object)))
        .collect();
    let approved = snapshot.waiting.iter().filter_map(|waiting| match waiting.state {
        State::Approved { approved_at, .. } => Some((approved_at, waiting.id())),
        _ => None,
    });
    let first = approved.min().map(|(_, id)| id).filter(|first| *first != release.id());
    Some(Facts {
        now: snapshot.now,
        lease_epoch: snapshot.lease_epoch,
        deployment_revision: deployment.revision,
        cd_config_revision: snapshot.cd_config.as_ref().map(|config| config.revision),
        minimum_votes: floor_of(snapshot, deployment.spec.tier).minimum_votes,
        freezes: snapshot.freezes.clone(),
        locks: snapshot.locks.clone(),
        hold: deployment.hold.clone(),
        executing: snapshot.executing.as_ref().map(Release::id),
        ahead: first,
        overtaken_by: overtaken_by(release, snapshot.latest_executed.as_ref()),
        roles,
    })
}
