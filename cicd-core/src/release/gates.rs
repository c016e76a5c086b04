//! The verdict of each gate on one release, from the same facts that the start relies on.

use super::Release;
use super::facts::Facts;
use super::state::State;
use crate::approval::Tally;
use crate::cd::{QueueRule, StaleRule};
use crate::gate::{GateKind, GateVerdict};

impl Release {
    /// What the votes amount to, counting only voters who still hold the role that they voted for.
    #[must_use]
    pub fn tally(&self, facts: &Facts) -> Tally {
        Tally::of(
            &self.spec.content.approval.requirements,
            &self.votes,
            self.content_digest,
            &self.spec.requester,
            |vote| facts.holds(&vote.person, &vote.role),
        )
    }

    /// The verdict of every gate, in the order in which a person would mend them.
    #[must_use]
    pub fn gates(&self, facts: &Facts) -> Vec<GateVerdict> {
        vec![
            self.votes_gate(facts),
            self.revision_gate(facts),
            self.freeze_gate(facts),
            self.lock_gate(facts),
            hold_gate(facts),
            self.slot_gate(facts),
            self.queue_gate(facts),
        ]
    }

    /// The fewest votes that this release needs; a rollback needs what its rollback rule says and no more.
    #[must_use]
    pub fn minimum_votes(&self, facts: &Facts) -> u32 {
        if self.is_rollback() { 0 } else { facts.minimum_votes }
    }

    fn votes_gate(&self, facts: &Facts) -> GateVerdict {
        let gate = GateKind::Votes;
        if let State::PendingApproval { expires_at } | State::Approved { expires_at, .. } = &self.state
            && *expires_at <= facts.now
        {
            return GateVerdict::closed(gate, format!("the approval deadline passed at {expires_at}"));
        }
        let tally = self.tally(facts);
        let floor = self.minimum_votes(facts);
        if tally.reaches(floor) {
            return GateVerdict::open(gate, format!("{} persons approved", tally.approvals));
        }
        let lacking = tally.outstanding.iter();
        let texts: Vec<_> = lacking.clone().map(|o| format!("{} of role `{}`", o.missing, o.role)).collect();
        let reason = if texts.is_empty() {
            format!("{} persons approved; the policy floor asks for {floor}", tally.approvals)
        } else {
            format!("votes are missing: {}", texts.join(", "))
        };
        GateVerdict::closed(gate, reason).opened_by(lacking.map(|o| format!("role:{}", o.role)))
    }

    /// Whether deployment or CD config moved on since the content was fixed and that matters to this release, or
    /// something newer started where this rollback wanted to go back.
    #[must_use]
    pub fn is_stale(&self, facts: &Facts) -> bool {
        if facts.overtaken_by.is_some() && self.is_rollback() {
            return true;
        }
        let content = &self.spec.content;
        let moved = facts.deployment_revision != content.deployment_revision
            || facts.cd_config_revision != Some(content.cd_config_revision);
        moved && self.spec.when_stale == StaleRule::Cancel
    }

    fn revision_gate(&self, facts: &Facts) -> GateVerdict {
        let gate = GateKind::Revision;
        match facts.overtaken_by.filter(|_| self.is_rollback()) {
            Some(other) => GateVerdict::closed(
                gate,
                format!("release `{other}` started since this rollback was created"),
            ),
            None if self.is_stale(facts) => {
                GateVerdict::closed(gate, "deployment or cd config changed since the release was created")
            }
            None => GateVerdict::open(gate, "deployment and cd config are as they were voted on"),
        }
    }

    fn freeze_gate(&self, facts: &Facts) -> GateVerdict {
        let gate = GateKind::Freeze;
        if self.is_rollback() {
            return GateVerdict::open(gate, "a freeze does not stop a rollback");
        }
        let covering =
            facts.freezes.iter().filter(|f| f.covers(self.deployment(), self.spec.tier, facts.now));
        match covering.max_by_key(|freeze| freeze.until) {
            None => GateVerdict::open(gate, "no freeze covers the deployment"),
            Some(freeze) => {
                GateVerdict::closed(gate, format!("frozen until {}: {}", freeze.until, freeze.reason))
                    .opening_at(freeze.until)
                    .opened_by(["role:release-manager".to_owned()])
            }
        }
    }

    fn lock_gate(&self, facts: &Facts) -> GateVerdict {
        let gate = GateKind::Lock;
        let holding = facts.locks.iter().filter(|lock| lock.deployment == *self.deployment());
        match holding.filter(|lock| lock.holds(facts.now)).max_by_key(|lock| lock.expires_at) {
            None => GateVerdict::open(gate, "nobody keeps the deployment locked"),
            Some(lock) => GateVerdict::closed(gate, format!("locked by `{}`: {}", lock.owner, lock.reason))
                .opening_at(lock.expires_at)
                .opened_by([lock.owner.to_string(), "role:release-manager".to_owned()]),
        }
    }

    fn slot_gate(&self, facts: &Facts) -> GateVerdict {
        match facts.executing.filter(|executing| *executing != self.id()) {
            None => GateVerdict::open(GateKind::Slot, "nothing else executes on the deployment"),
            Some(other) => GateVerdict::closed(GateKind::Slot, format!("release `{other}` executes"))
                .opened_by([format!("release:{other}")]),
        }
    }

    fn queue_gate(&self, facts: &Facts) -> GateVerdict {
        let waits = self.spec.queue == QueueRule::Wait && !self.is_rollback();
        match facts.ahead.filter(|_| waits) {
            None => GateVerdict::open(GateKind::Queue, "it is first in the queue"),
            Some(ahead) => {
                GateVerdict::closed(GateKind::Queue, format!("release `{ahead}` was approved earlier"))
                    .opened_by([format!("release:{ahead}")])
            }
        }
    }
}

fn hold_gate(facts: &Facts) -> GateVerdict {
    match &facts.hold {
        None => GateVerdict::open(GateKind::Hold, "the deployment is not held"),
        Some(hold) => GateVerdict::closed(GateKind::Hold, format!("held since release `{}`", hold.release))
            .opened_by(["role:release-manager".to_owned()]),
    }
}
