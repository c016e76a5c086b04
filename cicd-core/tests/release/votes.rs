//! Votes: who counts, for what, and how long.

use cicd_core::cd::{Requirement, RollbackRule};
use cicd_core::digest::Digest;
use cicd_core::gate::GateKind;
use cicd_core::release::command::{Command, MAX_COMMENT_CHARACTERS};
use cicd_core::release::refusal::Refusal;
use cicd_core::release::state::{CancelReason, State};

use crate::fixture::{APPROVER, MANAGER, asks, ballot, canary, person, role, rolling, spec};
use crate::world::World;

fn closed(result: Result<impl std::fmt::Debug, Refusal>) -> Vec<GateKind> {
    match result {
        Err(Refusal::GateClosed { closed }) => closed.into_iter().map(|verdict| verdict.gate).collect(),
        other => panic!("not a closed gate: {other:?}"),
    }
}

#[test]
fn the_requester_does_not_count() {
    let mut world = World::new(spec(rolling(), &[(APPROVER, 1)]));
    let id = world.deploy("one", "ann").unwrap();
    assert_eq!(world.approve(id, "ann"), Err(Refusal::RequesterVote { person: person("ann") }));
    world.approve(id, "ben").unwrap();
    assert_eq!(world.state(id), "approved");
}

#[test]
fn a_person_counts_once() {
    let mut world = World::new(spec(rolling(), &[(APPROVER, 2)]));
    let id = world.deploy("one", "rosa").unwrap();
    assert_eq!(world.approve(id, "ann").unwrap().len(), 1);
    assert_eq!(world.approve(id, "ann"), Ok(vec![]), "the same verdict again changes nothing");
    assert_eq!(world.state(id), "pending_approval");
    world.approve(id, "ben").unwrap();
    assert_eq!(world.state(id), "approved");
}

#[test]
fn a_person_with_two_roles_counts_for_one_requirement_and_may_change_it() {
    let mut world = World::new(spec(rolling(), &[(APPROVER, 1), (MANAGER, 1)]));
    let id = world.deploy("one", "rosa").unwrap();
    world.approve(id, "cleo").unwrap();
    let full = Refusal::NotEligible { person: person("ann"), needed: vec![role(MANAGER)] };
    assert_eq!(world.approve(id, "ann"), Err(full), "cleo's vote took the only place for an approver");
    world.approve_as(id, "cleo", MANAGER).unwrap();
    assert_eq!(world.state(id), "pending_approval", "cleo still counts once");
    world.approve(id, "ann").unwrap();
    assert_eq!(world.state(id), "approved");
}

#[test]
fn a_voter_who_lost_a_role_may_vote_with_another() {
    let mut world = World::new(spec(rolling(), &[(APPROVER, 1), (MANAGER, 1)]));
    let id = world.deploy("one", "rosa").unwrap();
    world.approve(id, "cleo").unwrap();
    world.revoke("cleo", APPROVER);
    world.approve(id, "cleo").unwrap();
    world.approve(id, "ann").unwrap();
    assert_eq!(world.state(id), "approved");
}

#[test]
fn a_vote_on_another_content_is_refused() {
    let mut world = World::new(spec(rolling(), &[(APPROVER, 1)]));
    let earlier = world.deploy("one", "rosa").unwrap();
    let later = world.deploy("two", "rosa").unwrap();
    let seen = ballot(world.release(earlier), "ann");
    let refusal = world.command(later, &Command::Approve(seen.clone())).unwrap_err();
    let current = world.release(later).content_digest;
    assert_eq!(refusal, Refusal::OtherContent { seen: seen.content, current });
    assert_ne!(seen.content, current);
    assert_ne!(current, Digest::ZERO);
}

#[test]
fn one_rejection_is_final_and_needs_a_reason() {
    let mut world = World::new(spec(rolling(), &[(APPROVER, 2)]));
    let id = world.deploy("one", "rosa").unwrap();
    world.approve(id, "ann").unwrap();
    let mut ballot = ballot(world.release(id), "ben");
    ballot.comment = Some("  ".into());
    assert_eq!(world.command(id, &Command::Reject(ballot.clone())), Err(Refusal::CommentRequired));
    ballot.comment = Some("it breaks the basket".into());
    world.command(id, &Command::Reject(ballot)).unwrap();
    assert_eq!(world.state(id), "rejected");
    assert!(world.approve(id, "cleo").is_err());
}

#[test]
fn a_comment_is_bounded() {
    let mut world = World::new(spec(rolling(), &[(APPROVER, 1)]));
    let id = world.deploy("one", "rosa").unwrap();
    let mut ballot = ballot(world.release(id), "ann");
    let most = "ä".repeat(MAX_COMMENT_CHARACTERS);
    for (comment, code) in [(format!("{most}!"), "length"), ("a\u{7}b".to_owned(), "control_character")] {
        ballot.comment = Some(comment);
        for command in [Command::Approve(ballot.clone()), Command::Reject(ballot.clone())] {
            let Err(Refusal::Invalid(violations)) = world.command(id, &command) else {
                panic!("{command:?}")
            };
            let found: Vec<_> = violations.iter().map(|found| (found.path.as_str(), &*found.code)).collect();
            assert_eq!(found, [("/comment", code)]);
        }
    }
    ballot.comment = Some(most);
    world.command(id, &Command::Approve(ballot)).unwrap();
    assert_eq!(world.state(id), "approved");
}

#[test]
fn who_approved_may_still_reject() {
    let mut world = World::new(spec(rolling(), &[(APPROVER, 2)]));
    let id = world.deploy("one", "rosa").unwrap();
    world.approve(id, "ann").unwrap();
    let ballot = ballot(world.release(id), "ann");
    world.command(id, &Command::Reject(ballot)).unwrap();
    assert_eq!(world.state(id), "rejected");
    assert_eq!(world.release(id).votes.len(), 1);
}

#[test]
fn an_approval_expires_before_and_after_its_quorum() {
    let mut world = World::new(spec(canary(), &[(APPROVER, 1)]));
    let pending = world.deploy("one", "rosa").unwrap();
    assert!(world.command(pending, &Command::Expire).is_err(), "not yet");
    world.pass(3600);
    assert!(matches!(world.approve(pending, "ann"), Err(Refusal::Expired { .. })));
    world.command(pending, &Command::Expire).unwrap();

    let approved = world.deploy("two", "rosa").unwrap();
    world.approve(approved, "ann").unwrap();
    world.pass(3600);
    assert!(matches!(world.start(approved), Err(Refusal::Expired { .. })));
    world.command(approved, &Command::Expire).unwrap();
    for id in [pending, approved] {
        let State::Cancelled { reason, .. } = &world.release(id).state else { panic!("not cancelled") };
        assert_eq!(*reason, CancelReason::Expired);
    }
}

#[test]
fn a_role_revoked_between_vote_and_start_closes_the_votes_gate() {
    let mut world = World::new(spec(rolling(), &[(APPROVER, 1)]));
    let id = world.deploy("one", "rosa").unwrap();
    world.approve(id, "ann").unwrap();
    world.revoke("ann", APPROVER);
    assert_eq!(closed(world.start(id)), [GateKind::Votes]);
    world.grant("ann", APPROVER);
    world.start(id).unwrap();
}

#[test]
fn a_raised_floor_closes_the_votes_gate() {
    let mut world = World::new(spec(rolling(), &[(APPROVER, 1)]));
    let id = world.deploy("one", "rosa").unwrap();
    world.approve(id, "ann").unwrap();
    world.floor.minimum_votes = 2;
    assert_eq!(closed(world.start(id)), [GateKind::Votes]);
}

#[test]
fn a_floor_that_is_raised_while_votes_are_missing_can_still_be_met() {
    let mut world = World::new(spec(rolling(), &[(APPROVER, 1)]));
    let id = world.deploy("one", "rosa").unwrap();
    world.floor.minimum_votes = 2;
    world.approve(id, "ann").unwrap();
    assert_eq!(world.state(id), "pending_approval");
    world.approve(id, "ben").unwrap();
    assert_eq!(world.state(id), "approved");
    world.start(id).unwrap();
}

#[test]
fn a_rollback_asks_for_the_votes_of_its_own_rule_only() {
    let approval: Vec<Requirement> = asks(&[(MANAGER, 1)]);
    let mut spec = spec(rolling(), &[(APPROVER, 2)]);
    spec.rollback = RollbackRule { approval };
    let mut world = World::new(spec);
    world.floor.minimum_votes = 2;
    world.ship("one");
    let bad = world.ship("two");
    let rollback = world.rollback(bad, None, "rosa").unwrap();
    assert_eq!(world.state(rollback), "pending_approval");
    world.approve(rollback, "dan").unwrap();
    world.carry_out(rollback);
    assert_eq!(world.state(bad), "rolled_back");
}
