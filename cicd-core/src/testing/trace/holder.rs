//! Workers: they claim, start, step, wait, complete, and lose leases.

use super::player::Player;
use crate::digest::Digest;
use crate::id::{AttemptId, ReleaseId};
use crate::port::{ClaimRequest, Lease, Load, Snapshot, StoreError, WorkKey, WorkerId};
use crate::release::Release;
use crate::release::command::{Command, Outcome};
use crate::release::event::ReleaseEvent;
use crate::release::state::{CancelReason, Execution, FailureCause, Phase, State, WaitReason};
use crate::testing::builders::{principal, release_change, uuid};

impl Player<'_> {
    pub(super) async fn claim(&mut self) {
        let request = ClaimRequest {
            worker: WorkerId(uuid(self.dice.below(3))),
            limit: u16::try_from(1 + self.dice.below(4)).unwrap_or(1),
            lease_micros: 1_000_000 * (5 + self.dice.below(60)),
        };
        let leases = self.fixture.store.claim(request).await.expect("the claim succeeds");
        self.note("claim", &leases);
        self.leases.extend(leases);
    }

    /// A worker does something under one of the leases that were given, most of them the late ones.
    pub(super) async fn hold(&mut self) {
        let from = if self.dice.one_in(6) { 0 } else { self.leases.len().saturating_sub(2) };
        let leases: Vec<_> = self.leases.iter().skip(from).cloned().collect();
        let Some(lease) = self.dice.pick(&leases).cloned() else { return self.claim().await };
        match (self.dice.below(8), lease.work) {
            (0, _) => self.renew(&lease).await,
            (1, _) => self.give_up(&lease).await,
            (_, WorkKey::Release(id)) => self.carry_out(&lease, id).await,
            (_, WorkKey::CiRun(id)) => self.carry_out_run(&lease, id).await,
        }
    }

    async fn renew(&mut self, lease: &Lease) {
        let renewed = self.fixture.store.renew(lease, 30_000_000).await;
        self.note_lease("renew", renewed);
    }

    async fn give_up(&mut self, lease: &Lease) {
        if self.dice.one_in(2) {
            let answer = self.fixture.store.ack(lease).await;
            return self.note_lease("ack", answer);
        }
        let due = self.load(&Load::tenant()).await.now.plus_seconds(self.dice.below(60));
        let answer = self.fixture.store.release(lease, due).await;
        self.note_lease("release", answer);
    }

    fn note_lease<T: std::fmt::Debug>(&mut self, what: &str, answer: Result<T, StoreError>) {
        match answer {
            Ok(answer) => self.note(what, &answer),
            Err(error) => self.note_error(what, &error),
        }
    }

    async fn carry_out(&mut self, lease: &Lease, id: ReleaseId) {
        let snapshot = self.load(&Load::release(id)).await;
        if self.dice.one_in(4) {
            return self.start_anyway(lease, &snapshot).await;
        }
        let Some(command) = self.next_command(lease, &snapshot) else { return self.give_up(lease).await };
        if let Some(mut change) = self.decided("holder", &snapshot, &command) {
            if !self.dice.one_in(8) {
                change.under_lease(lease.work, lease.epoch);
            }
            self.commit("holder", change).await;
        }
    }

    /// Tries to start a release that waits while another one executes.
    pub(super) async fn crowd(&mut self) {
        let id = self.a_deployment();
        let snapshot = self.load(&Load::deployment(id)).await;
        let approved = |release: &&Release| matches!(release.state, State::Approved { .. });
        if let (Some(_), Some(release)) = (&snapshot.executing, snapshot.waiting.iter().find(approved)) {
            let started = self.started(release, 1);
            self.commit("crowd", release_change(&self.tenant, Some(release), vec![started])).await;
        }
    }

    fn started(&mut self, release: &Release, epoch: u64) -> ReleaseEvent {
        let (content_digest, report_token) = (release.content_digest, Digest::of(&epoch.to_be_bytes()));
        let attempt = AttemptId::from_uuid(self.draw_id());
        ReleaseEvent::Started { content_digest, attempt, epoch, report_token }
    }

    /// Starts an approved release without a look at its gates, as if the slot had been free a moment ago: the store has to
    /// know better.
    async fn start_anyway(&mut self, lease: &Lease, snapshot: &Snapshot) {
        let Some(release) = snapshot.release.as_ref() else { return };
        if let State::Approved { .. } = &release.state {
            let started = self.started(release, lease.epoch);
            let mut change = release_change(&self.tenant, Some(release), vec![started]);
            change.under_lease(lease.work, lease.epoch);
            self.commit("start anyway", change).await;
        }
    }

    /// What a worker does next; now and then something else.
    fn next_command(&mut self, lease: &Lease, snapshot: &Snapshot) -> Option<Command> {
        let release = snapshot.release.as_ref()?;
        let epoch = lease.epoch;
        let report_token = Digest::of(&epoch.to_be_bytes());
        if self.dice.one_in(12) {
            return Some(Command::GiveUp { epoch });
        }
        match &release.state {
            State::PendingApproval { .. } => Some(Command::Expire),
            State::Approved { expires_at, .. } if *expires_at <= snapshot.now => Some(Command::Expire),
            State::Approved { .. } => {
                let attempt = AttemptId::from_uuid(self.draw_id());
                Some(Command::Start { attempt, epoch, report_token })
            }
            State::Executing(execution) => {
                let steps = release.spec.content.strategy.plan().len();
                let done = usize::try_from(execution.step).is_ok_and(|step| step >= steps);
                Some(self.next_step(execution, epoch, report_token, done))
            }
            _ => None,
        }
    }

    fn next_step(&mut self, execution: &Execution, epoch: u64, report_token: Digest, done: bool) -> Command {
        let failed = || FailureCause::Step { step: "apply".to_owned(), message: "exit 1".to_owned() };
        let choice = self.dice.below(16);
        match &execution.phase {
            Phase::Waiting { .. } if choice == 0 => {
                Command::Report { number: execution.reports + 1, outcome: None }
            }
            Phase::Waiting { .. } => Command::Progress { epoch, report_token: Some(report_token) },
            Phase::Running { .. } | Phase::Stopping { .. } if epoch > execution.epoch => {
                Command::TakeOver { epoch, report_token }
            }
            Phase::Stopping { .. } if choice < 8 => {
                Command::Complete { epoch, outcome: Outcome::RolledBack { cause: failed() } }
            }
            Phase::Stopping { .. } => {
                Command::Complete { epoch, outcome: Outcome::Failed { cause: failed() } }
            }
            Phase::Running { .. } => match choice {
                0..2 => Command::Abort { cause: failed() },
                2 => Command::Wait { epoch, reason: WaitReason::Strategy, seconds: None },
                3 => Command::Wait { epoch, reason: WaitReason::Strategy, seconds: Some(20) },
                4 => Command::Complete { epoch, outcome: Outcome::Failed { cause: failed() } },
                _ if done => Command::Complete { epoch, outcome: Outcome::Succeeded },
                _ => Command::Progress { epoch, report_token: None },
            },
        }
    }

    /// Ends all that is under way, so that nothing of this tenant is due any more.
    pub(super) async fn wind_down(&mut self) {
        for id in self.releases.clone() {
            let Some(release) = self.load(&Load::release(id)).await.release else { continue };
            let event = match &release.state {
                state if state.is_unstarted() => {
                    ReleaseEvent::Cancelled { reason: CancelReason::Withdrawn { by: principal("ann") } }
                }
                State::Executing(_) => ReleaseEvent::Failed { cause: FailureCause::Unknown },
                _ => continue,
            };
            let change = release_change(&self.tenant, Some(&release), vec![event]);
            self.end("end", change).await;
        }
        self.wind_down_runs().await;
    }
}
