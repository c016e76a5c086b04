//! Votes: persons are counted once, the requester never, and one rejection is final.

use serde_json::Value;

use super::{Decision, not_possible};
use crate::approval::{Vote, VoteDecision};
use crate::id::Role;
use crate::release::Release;
use crate::release::command::{Ballot, Command, MAX_COMMENT_CHARACTERS};
use crate::release::event::{CastVote, ReleaseEvent};
use crate::release::facts::Facts;
use crate::release::refusal::Refusal;
use crate::release::state::State;
use crate::violation::{Path, Violations, text};

pub(super) fn approve(release: &Release, ballot: &Ballot, facts: &Facts) -> Result<Decision, Refusal> {
    check(release, ballot, facts, || Command::Approve(ballot.clone()))?;
    if has_approved(release, ballot, facts) {
        return Ok(Vec::new());
    }
    let role = choose(ballot, facts, &needed(release, facts))?;
    let vote = cast(ballot, role, VoteDecision::Approve);
    let mut after = release.clone();
    after.votes.retain(|earlier| earlier.person != ballot.person);
    after.votes.push(stamped(&vote, facts));
    let tally = after.tally(facts);
    let mut events = vec![ReleaseEvent::VoteCast { vote }];
    if tally.reaches(release.minimum_votes(facts)) {
        events.push(ReleaseEvent::Approved { approvals: tally.approvals, trace: None });
    }
    Ok(events)
}

pub(super) fn reject(release: &Release, ballot: &Ballot, facts: &Facts) -> Result<Decision, Refusal> {
    check(release, ballot, facts, || Command::Reject(ballot.clone()))?;
    if ballot.comment.as_deref().is_none_or(|comment| comment.trim().is_empty()) {
        return Err(Refusal::CommentRequired);
    }
    let role = choose(ballot, facts, &asked(release))?;
    Ok(vec![ReleaseEvent::Rejected { vote: cast(ballot, role, VoteDecision::Reject) }])
}

/// Whether the person's approval is recorded, still counts, and counts for the requirement that the ballot names.
fn has_approved(release: &Release, ballot: &Ballot, facts: &Facts) -> bool {
    release.votes.iter().any(|vote| {
        vote.person == ballot.person
            && vote.decision == VoteDecision::Approve
            && facts.holds(&vote.person, &vote.role)
            && ballot.role.as_ref().is_none_or(|role| *role == vote.role)
    })
}

/// The roles that the approval policy asks for.
fn asked(release: &Release) -> Vec<Role> {
    release.spec.content.approval.requirements.iter().map(|requirement| requirement.role.clone()).collect()
}

/// The roles whose votes still help: those that lack votes, or all where only the policy floor asks for more persons.
fn needed(release: &Release, facts: &Facts) -> Vec<Role> {
    let outstanding = release.tally(facts).outstanding;
    if outstanding.is_empty() {
        asked(release)
    } else {
        outstanding.into_iter().map(|open| open.role).collect()
    }
}

fn check(
    release: &Release,
    ballot: &Ballot,
    facts: &Facts,
    command: impl Fn() -> Command,
) -> Result<(), Refusal> {
    let State::PendingApproval { expires_at } = &release.state else {
        return Err(not_possible(release, &command()));
    };
    if *expires_at <= facts.now {
        return Err(Refusal::Expired { at: *expires_at });
    }
    if ballot.person == release.spec.requester {
        return Err(Refusal::RequesterVote { person: ballot.person.clone() });
    }
    if ballot.content != release.content_digest {
        return Err(Refusal::OtherContent { seen: ballot.content, current: release.content_digest });
    }
    if release.is_stale(facts) {
        let closed = release
            .gates(facts)
            .into_iter()
            .filter(|verdict| verdict.gate == crate::gate::GateKind::Revision && !verdict.open);
        return Err(Refusal::GateClosed { closed: closed.collect() });
    }
    check_comment(ballot)
}

fn check_comment(ballot: &Ballot) -> Result<(), Refusal> {
    let Some(comment) = &ballot.comment else { return Ok(()) };
    let mut violations = Violations::new();
    let (value, path) = (Value::from(comment.as_str()), Path::root().member("comment"));
    text(&value, &path, &mut violations, 0..=MAX_COMMENT_CHARACTERS);
    violations.into_result(()).map_err(Refusal::Invalid)
}

/// The role that the vote counts for: the one that was named, else the first of `needed` that the person holds.
fn choose(ballot: &Ballot, facts: &Facts, needed: &[Role]) -> Result<Role, Refusal> {
    let mut candidates = needed.iter().filter(|role| ballot.role.as_ref().is_none_or(|named| named == *role));
    candidates
        .find(|role| facts.holds(&ballot.person, role))
        .cloned()
        .ok_or_else(|| Refusal::NotEligible { person: ballot.person.clone(), needed: needed.to_vec() })
}

fn cast(ballot: &Ballot, role: Role, decision: VoteDecision) -> CastVote {
    CastVote {
        person: ballot.person.clone(),
        role,
        decision,
        comment: ballot.comment.clone(),
        content: ballot.content,
    }
}

fn stamped(vote: &CastVote, facts: &Facts) -> Vote {
    Vote {
        person: vote.person.clone(),
        role: vote.role.clone(),
        decision: vote.decision,
        comment: vote.comment.clone(),
        content: vote.content,
        at: facts.now,
    }
}
