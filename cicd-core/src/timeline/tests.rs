//! Every event has its sentence.

use serde_json::{Value, json};

use super::caused_by;
use super::sentence::{self, Told};
use crate::ci::run::RunEvent;
use crate::release::event::ReleaseEvent;

const ID: &str = "018bcfe5-6800-7000-8000-000000000001";
const DIGEST: &str = "sha256:20853408ebf8aa7a7bd6599b21f5778a2056ee76a85a2144778ff69604cdd41a";

fn release_events() -> Vec<(Value, &'static str)> {
    let vote = |decision: &str, comment: Option<&str>| json!({"person": "bob", "role": "approver", "decision": decision, "comment": comment, "content": DIGEST});
    let kind = |name: &str, more: Value| {
        let mut event = json!({"kind": format!("release.{name}")});
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event
    };
    let cause = json!({"code": "step", "step": "apply", "message": "no"});
    vec![
        (kind("vote_cast", json!({"vote": vote("approve", None)})), "bob approved as approver"),
        (kind("rejected", json!({"vote": vote("reject", Some("no"))})), "bob rejected as approver: no"),
        (kind("approved", json!({"approvals": 1})), "approved by 1 person"),
        (kind("approved", json!({"approvals": 2})), "approved by 2 persons"),
        (kind("cancelled", json!({"reason": {"code": "withdrawn", "by": "ada"}})), "withdrawn by ada"),
        (
            kind("cancelled", json!({"reason": {"code": "expired"}})),
            "cancelled: the approval deadline passed",
        ),
        (
            kind("cancelled", json!({"reason": {"code": "superseded", "by": ID}})),
            "cancelled: superseded by release 018bcfe5-6800-7000-8000-000000000001",
        ),
        (
            kind("cancelled", json!({"reason": {"code": "stale"}})),
            "cancelled: deployment or cd config changed",
        ),
        (
            kind(
                "started",
                json!({"content_digest": DIGEST, "attempt": ID, "epoch": 3, "report_token": DIGEST}),
            ),
            "rollout started (epoch 3)",
        ),
        (kind("progressed", json!({"next_step": 2, "epoch": 3})), "rollout reached step 2"),
        (
            kind("waiting", json!({"reason": {"code": "strategy"}, "next_step": 1, "seconds": 5})),
            "waits for 5 s: the strategy pauses here",
        ),
        (
            kind(
                "waiting",
                json!({"reason": {"code": "failure", "cause": cause}, "next_step": 1, "seconds": null}),
            ),
            "waits until somebody resumes: step apply failed: no",
        ),
        (
            kind(
                "waiting",
                json!({"reason": {"code": "inconclusive_analysis", "message": "hm"}, "next_step": 1, "seconds": 1}),
            ),
            "waits for 1 s: the analysis could not tell: hm",
        ),
        (
            kind(
                "waiting",
                json!({"reason": {"code": "requested", "by": "ada"}, "next_step": 1, "seconds": null}),
            ),
            "waits until somebody resumes: ada asked for a pause",
        ),
        (
            kind(
                "waiting",
                json!({"reason": {"code": "resumed", "by": "ada"}, "next_step": 1, "seconds": 0}),
            ),
            "waits for 0 s: resumed by ada",
        ),
        (
            kind("waiting", json!({"reason": {"code": "handed_over"}, "next_step": 1, "seconds": 0})),
            "waits for 0 s: its host shuts down",
        ),
        (
            kind("waiting", json!({"reason": {"code": "executor"}, "next_step": 1, "seconds": null})),
            "waits until somebody resumes: the executor reports",
        ),
        (kind("pause_requested", json!({"by": "ada"})), "ada asked for a pause before the next step"),
        (kind("resumed", json!({"by": "ada"})), "resumed by ada"),
        (kind("promoted", json!({"by": "ada", "next_step": 4})), "promoted by ada"),
        (
            kind("stopping", json!({"cause": {"code": "aborted", "by": "ada", "reason": "bad"}})),
            "rollout stops: aborted by ada: bad",
        ),
        (
            kind("stopping", json!({"cause": {"code": "rollback_requested", "by": ID}})),
            "rollout stops: rollback 018bcfe5-6800-7000-8000-000000000001 was asked for",
        ),
        (
            kind("taken_over", json!({"epoch": 4, "lease_expired": true, "report_token": DIGEST})),
            "another worker took over after a lease expired (epoch 4)",
        ),
        (
            kind("taken_over", json!({"epoch": 4, "lease_expired": false, "report_token": DIGEST})),
            "a worker carries out the stop (epoch 4)",
        ),
        (kind("reported", json!({"number": 7})), "the attempt reported (7)"),
        (kind("succeeded", json!({})), "succeeded"),
        (
            kind("failed", json!({"cause": {"code": "undo_failed", "why": cause, "message": "stuck"}})),
            "failed: step apply failed: no; it could not go back, and nobody knows what runs: stuck",
        ),
        (kind("failed", json!({"cause": {"code": "deadline_exceeded"}})), "failed: the deadline passed"),
        (
            kind("failed", json!({"cause": {"code": "unknown"}})),
            "failed: the executor is silent, nobody knows what runs",
        ),
        (kind("failed", json!({"cause": {"code": "reported", "message": "boom"}})), "failed: boom"),
        (
            kind(
                "rolled_back",
                json!({"cause": {"code": "went_back", "why": {"code": "analysis", "message": "slow"}}}),
            ),
            "rolled back by itself: the analysis found it bad: slow",
        ),
        (
            kind("rolled_back", json!({"cause": {"code": "undone_by", "release": ID}})),
            "rolled back by release 018bcfe5-6800-7000-8000-000000000001",
        ),
    ]
}

#[test]
fn what_is_lifted_is_told_with_the_reason_of_that() {
    let data = json!({ "before": { "reason": "holidays" }, "after": null, "reason": "they are over" });
    assert_eq!(
        sentence::other("freeze.lifted", ID, Told(&data)),
        format!("freeze {ID} lifted: they are over")
    );
    let data = json!({ "before": null, "after": { "reason": "holidays" } });
    assert_eq!(sentence::other("freeze.added", ID, Told(&data)), format!("freeze {ID} added: holidays"));
}

#[test]
fn every_event_of_a_release_is_told() {
    for (data, sentence) in release_events() {
        let event: ReleaseEvent =
            serde_json::from_value(data.clone()).unwrap_or_else(|error| panic!("{data}: {error}"));
        let written = serde_json::to_value(&event).unwrap();
        assert_eq!(sentence::release(Told(&written)).as_deref(), Some(sentence), "{data}");
        assert_eq!(caused_by(Told(&written)), event.caused_by(), "{data}");
    }
}

#[test]
fn every_event_of_a_run_is_told() {
    let failure = json!({"code": "host_died"});
    let result = json!({"name": "test", "outcome": "timed_out", "exit_code": null, "duration_ms": 5});
    let artifact = json!({"digest": DIGEST, "name": "shop", "size_bytes": 5});
    for (data, sentence) in [
        (json!({"kind": "ci_run.started", "attempt": 1, "attempt_id": ID, "epoch": 1}), "attempt 1 started"),
        (json!({"kind": "ci_run.step_finished", "result": result}), "step test timed_out"),
        (json!({"kind": "ci_run.cancel_requested", "by": "ada"}), "ada asked to cancel"),
        (json!({"kind": "ci_run.host_lost", "attempt": 2}), "the host of attempt 2 died"),
        (
            json!({"kind": "ci_run.succeeded", "artifact": artifact}),
            "built shop sha256:20853408ebf8aa7a7bd6599b21f5778a2056ee76a85a2144778ff69604cdd41a",
        ),
        (json!({"kind": "ci_run.failed", "cause": failure}), "failed: the host died, and no attempt is left"),
        (json!({"kind": "ci_run.cancelled", "by": "ada"}), "cancelled by ada"),
        (json!({"kind": "ci_run.timed_out", "step": "test"}), "step test took too long"),
    ] {
        let event: RunEvent =
            serde_json::from_value(data.clone()).unwrap_or_else(|error| panic!("{data}: {error}"));
        let written = serde_json::to_value(&event).unwrap();
        assert_eq!(sentence::run(Told(&written)).as_deref(), Some(sentence), "{data}");
    }
}

#[test]
fn every_failure_of_a_run_is_told() {
    for failure in [
        json!({"code": "cannot_clone", "message": "gone"}),
        json!({"code": "step_failed", "step": "test", "exit_code": -1}),
        json!({"code": "step_failed", "step": "test", "exit_code": null}),
        json!({"code": "step_flooded", "step": "test"}),
        json!({"code": "missing_command", "step": "test", "program": "make"}),
        json!({"code": "unknown_secret", "step": "test", "secret": "key"}),
        json!({"code": "missing_artifact", "path": "out/a.tar"}),
        json!({"code": "artifact_refused", "message": "a link"}),
        json!({"code": "executor", "message": "no"}),
        json!({"code": "host_died"}),
    ] {
        let cause: crate::ci::run::RunFailure = serde_json::from_value(failure.clone()).expect("a failure");
        let data = json!({"kind": "ci_run.failed", "cause": failure});
        assert_eq!(sentence::run(Told(&data)), Some(format!("failed: {cause}")), "{data}");
    }
}

#[test]
fn every_actor_is_told() {
    use crate::authz::Actor;
    for actor in [
        json!({"kind": "person", "id": "ada", "token": ID}),
        json!({"kind": "service_account", "id": "bot"}),
        json!({"kind": "attempt", "id": ID}),
        json!({"kind": "source", "id": ID}),
        json!({"kind": "system", "part": "worker"}),
        json!({"kind": "system", "part": "queue"}),
        json!({"kind": "system", "part": "bootstrap"}),
        json!({"kind": "system", "part": "retention"}),
    ] {
        let read: Actor = serde_json::from_value(actor.clone()).expect("an actor");
        assert_eq!(super::actor(Told(&actor)), Some(read), "{actor}");
    }
}

#[test]
fn what_is_not_known_has_no_sentence() {
    for data in [json!({}), json!({"kind": "release.dreamt"}), json!({"kind": "release.approved"})] {
        assert_eq!(sentence::release(Told(&data)), None, "{data}");
        assert_eq!(sentence::run(Told(&data)), None, "{data}");
    }
}
