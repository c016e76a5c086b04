//! What people and workers do, in one line each.

use cicd_core::cd::PlanStep;
use cicd_core::id::ReleaseId;
use cicd_core::release::command::{Command, Outcome};
use cicd_core::release::decide::Decision;
use cicd_core::release::refusal::Refusal;
use cicd_core::release::state::{Execution, Phase, State, WaitReason};

use crate::fixture::{ballot, failed, person, progress, start, take_over, wait};
use crate::world::World;

impl World {
    pub(crate) fn approve(&mut self, id: ReleaseId, name: &str) -> Result<Decision, Refusal> {
        let ballot = ballot(self.release(id), name);
        self.command(id, &Command::Approve(ballot))
    }

    pub(crate) fn approve_as(&mut self, id: ReleaseId, name: &str, role: &str) -> Result<Decision, Refusal> {
        let mut ballot = ballot(self.release(id), name);
        ballot.role = Some(crate::fixture::role(role));
        self.command(id, &Command::Approve(ballot))
    }

    /// A worker claims the release and starts it.
    pub(crate) fn start(&mut self, id: ReleaseId) -> Result<Decision, Refusal> {
        let epoch = self.claim(id).expect("nobody holds it");
        let result = self.command(id, &start(epoch));
        if result.is_err() {
            self.lose_lease(id);
        }
        result
    }

    pub(crate) fn execution(&self, id: ReleaseId) -> &Execution {
        self.release(id).state.execution().expect("it executes")
    }

    pub(crate) fn state(&self, id: ReleaseId) -> &'static str {
        self.release(id).state.name()
    }

    pub(crate) fn phase(&self, id: ReleaseId) -> &Phase {
        &self.execution(id).phase
    }

    /// The next step of the plan; `None` when all are done.
    pub(crate) fn next_step(&self, id: ReleaseId) -> Option<PlanStep> {
        let plan = self.release(id).spec.content.strategy.plan();
        plan.get(self.execution(id).step as usize).cloned()
    }

    /// The holder did a step.
    pub(crate) fn progress(&mut self, id: ReleaseId) -> Result<Decision, Refusal> {
        let epoch = self.row(id).epoch;
        self.command(id, &progress(epoch))
    }

    /// The holder has to wait.
    pub(crate) fn wait(
        &mut self,
        id: ReleaseId,
        reason: WaitReason,
        seconds: Option<u64>,
    ) -> Result<Decision, Refusal> {
        let epoch = self.row(id).epoch;
        self.command(id, &wait(epoch, reason, seconds))
    }

    /// A worker claims a release whose wait is over and goes on.
    pub(crate) fn go_on(&mut self, id: ReleaseId) -> Result<Decision, Refusal> {
        let epoch = self.claim(id).expect("nobody holds it");
        self.command(id, &progress(epoch))
    }

    pub(crate) fn complete(&mut self, id: ReleaseId, outcome: Outcome) -> Result<Decision, Refusal> {
        let epoch = self.row(id).epoch;
        self.command(id, &Command::Complete { epoch, outcome })
    }

    /// The holder dies and another worker takes the release over.
    pub(crate) fn take_over(&mut self, id: ReleaseId) -> Result<Decision, Refusal> {
        self.lose_lease(id);
        let epoch = self.claim(id).expect("nobody holds it");
        self.command(id, &take_over(epoch))
    }

    pub(crate) fn resume(&mut self, id: ReleaseId) -> Result<Decision, Refusal> {
        self.command(id, &Command::Resume { by: person("dan") })
    }

    pub(crate) fn pause(&mut self, id: ReleaseId) -> Result<Decision, Refusal> {
        self.command(id, &Command::Pause { by: person("dan") })
    }

    pub(crate) fn promote(&mut self, id: ReleaseId) -> Result<Decision, Refusal> {
        self.command(id, &Command::Promote { by: person("dan") })
    }

    /// What a worker does to the end of the plan, waiting as long as it takes and resuming where a person must.
    pub(crate) fn finish(&mut self, id: ReleaseId) {
        loop {
            match (self.phase(id).clone(), self.next_step(id)) {
                (Phase::Running { .. }, Some(PlanStep::Pause(pause))) => {
                    self.wait(id, WaitReason::Strategy, pause.seconds()).unwrap();
                }
                (Phase::Running { .. }, Some(_)) => drop(self.progress(id).unwrap()),
                (Phase::Running { .. }, None) => break,
                (Phase::Waiting { until: Some(until), .. }, _) => {
                    self.now = self.now.max(until);
                    self.go_on(id).unwrap();
                }
                (Phase::Waiting { .. }, _) => drop(self.resume(id).unwrap()),
                (Phase::Stopping { .. }, _) => panic!("it is being stopped"),
            }
        }
        self.complete(id, Outcome::Succeeded).unwrap();
    }

    /// A deploy from request to success, with the votes that the config asks for.
    pub(crate) fn ship(&mut self, label: &str) -> ReleaseId {
        let id = self.deploy(label, "rosa").unwrap();
        self.vote_until_approved(id);
        self.start(id).unwrap();
        self.finish(id);
        id
    }

    pub(crate) fn vote_until_approved(&mut self, id: ReleaseId) {
        for name in ["ann", "ben", "cleo", "dan"] {
            if matches!(self.release(id).state, State::PendingApproval { .. }) {
                drop(self.approve(id, name));
            }
        }
        assert_eq!(self.state(id), "approved");
    }

    /// The label of what runs by the ledger.
    pub(crate) fn runs(&self, label: &str) -> bool {
        self.ledger[0].artifact == crate::fixture::artifact(label)
    }

    /// Carries out a rollback that waits for its slot.
    pub(crate) fn carry_out(&mut self, rollback: ReleaseId) {
        self.start(rollback).unwrap();
        self.finish(rollback);
    }

    /// Carries out a rollback that fails, and lifts the hold that it leaves.
    pub(crate) fn fail(&mut self, id: ReleaseId) {
        self.start(id).unwrap();
        self.complete(id, failed()).unwrap();
        assert_eq!(self.state(id), "failed");
    }
}
