//! CI runs: triggered, built, cancelled, and lost with their hosts.

use super::player::Player;
use crate::audit::{Subject, SubjectKind};
use crate::ci::run::{
    BuiltArtifact, CiRun, LogRange, RunCommand, RunEvent, RunFailure, RunStatus, StepOutcome, StepResult,
    decide,
};
use crate::digest::Digest;
use crate::id::{AttemptId, CiRunId};
use crate::port::{ChangeSet, Lease, Load, Write};
use crate::testing::builders::{event, principal, run_triggered};

impl Player<'_> {
    /// Somebody triggers a run, or stops one.
    pub(super) async fn build(&mut self) {
        if let (true, Some(id)) = (self.dice.one_in(4), self.dice.pick(&self.runs).copied()) {
            let by = principal(self.person());
            return self.command_run(id, None, |_, _| RunCommand::Cancel { by }).await;
        }
        let service = self.a_service();
        let Some(config) = self.load(&Load::service(service)).await.ci_config else { return };
        let id = CiRunId::from_uuid(self.draw_id());
        if self.commit("trigger", run_triggered(&self.tenant, id, &config)).await.is_some() {
            self.runs.push(id);
        }
    }

    pub(super) async fn carry_out_run(&mut self, lease: &Lease, id: CiRunId) {
        self.command_run(id, Some(lease), next_command).await;
    }

    async fn command_run(
        &mut self,
        id: CiRunId,
        lease: Option<&Lease>,
        choose: impl FnOnce(&mut Self, (&CiRun, u64)) -> RunCommand,
    ) {
        let Some(run) = self.load(&Load::run(id)).await.run else { return };
        let command = choose(self, (&run, lease.map_or(0, |lease| lease.epoch)));
        let what = format!("run {}", command.name());
        match decide(&run, &command) {
            Err(refusal) => self.note_refused(&what, &refusal),
            Ok(events) if events.is_empty() => self.lines.push(format!("{what}: as it is")),
            Ok(events) => {
                let mut change = self.run_change(&run, events);
                if let Some(lease) = lease {
                    change.under_lease(lease.work, lease.epoch);
                }
                self.commit(&what, change).await;
            }
        }
    }

    fn run_change(&self, run: &CiRun, events: Vec<RunEvent>) -> ChangeSet {
        let subject = Subject::new(SubjectKind::CiRun, run.id.to_string()).of_service(run.service.clone());
        let subject = Subject { run: Some(run.id), ..subject };
        let kind = events.first().map_or("ci_run.changed", RunEvent::kind);
        let mut change = ChangeSet::new(self.tenant.clone(), event(kind, subject));
        change.write(Write::CiRun { before: Some(Box::new(run.clone())), events });
        change
    }

    pub(super) async fn wind_down_runs(&mut self) {
        for id in self.runs.clone() {
            let Some(run) = self.load(&Load::run(id)).await.run else { continue };
            if !run.is_terminal() {
                let change = self.run_change(&run, vec![RunEvent::Cancelled { by: principal("ann") }]);
                self.end("end run", change).await;
            }
        }
    }
}

fn next_command(player: &mut Player<'_>, (run, epoch): (&CiRun, u64)) -> RunCommand {
    let attempt_id = AttemptId::from_uuid(player.draw_id());
    let RunStatus::Running { epoch: held, steps, .. } = &run.status else {
        return RunCommand::Start { attempt_id, epoch };
    };
    let lost = epoch > *held;
    let step = run.spec.steps.first().map(|step| step.name.clone());
    match (player.dice.below(8), step) {
        (0, _) => RunCommand::Fail { epoch, cause: RunFailure::HostDied },
        (1, _) => RunCommand::ConfirmCancelled { epoch },
        (2, Some(step)) => RunCommand::TimeOut { epoch, step },
        _ if lost => RunCommand::HostLost { epoch, attempt_id },
        (_, Some(name)) if steps.is_empty() => {
            let (outcome, exit_code) = (StepOutcome::Succeeded, Some(0));
            let log = Some(LogRange { start: 0, end: 7 });
            let result = StepResult { name, outcome, exit_code, duration_ms: 7, log };
            RunCommand::RecordStep { epoch, result }
        }
        _ => {
            let artifact = BuiltArtifact {
                name: run.spec.artifact.name.clone(),
                digest: Digest::of(b"built"),
                size_bytes: 5,
            };
            RunCommand::Succeed { epoch, artifact }
        }
    }
}
