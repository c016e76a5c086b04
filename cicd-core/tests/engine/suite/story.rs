//! The whole story, from a commit to a rollback, as people live it.

use cicd_core::engine::{ArtifactSource, EngineError, Options, ReleaseDraft, Steer};
use cicd_core::page::Limit;
use cicd_core::port::{ListQuery, Record};
use cicd_core::release::Release;
use cicd_core::release::refusal::Refusal;
use cicd_core::release::state::{FailureCause, RollbackCause, State};
use serde_json::json;

use super::builds::artifact_of;
use super::deploys::Act;
use super::timelines::whole;
use super::world::{World, canary, vote_on};

async fn released(world: &World, version: &str, commit: &str) -> Release {
    let run = world.run(commit).await;
    world.until_run(run.id, "succeeded").await;
    let artifact = ArtifactSource::CiRun(run.id);
    let draft = ReleaseDraft {
        deployment: world.deployment(),
        artifact,
        version: version.to_owned(),
        reason: Some("it is time".to_owned()),
    };
    let asked = world.engine.create_release(&world.ann(), &draft, &Options::default()).await;
    asked.unwrap().value
}

/// Two votes, and by hand over the pause.
async fn carried_on(world: &World, release: &Release) {
    let own = world.engine.approve(&world.ann(), release.id(), &vote_on(release), &Options::default()).await;
    assert!(matches!(own, Err(EngineError::Denied { .. })), "a developer has no vote: {own:?}");
    world.approve(1, release).await.unwrap();
    world.approve(2, release).await.unwrap();
    world.until_waits(release.id(), "strategy").await;
    world.engine.steer(&world.rita(), release.id(), Steer::Resume, &Options::default()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_a_commit_to_a_rollback() {
    let mut config = canary(&json!("manual"), "undo");
    config["approval"] = json!({"requirements": [{"role": "approver", "count": 2}]});
    config["allow_external_artifacts"] = json!(false);
    let world = World::new(config).await;
    let _workers = world.work();

    let good = released(&world, "1.0", &"a".repeat(40)).await;
    carried_on(&world, &good).await;
    world.until_is(good.id(), "succeeded").await;
    assert_eq!(world.deploys.verbs(good.id()), ["apply", "set-weight 10", "analyse", "promote"]);

    let better = released(&world, "2.0", &"b".repeat(40)).await;
    carried_on(&world, &better).await;
    world.until_is(better.id(), "succeeded").await;

    world.deploys.plan("analyse", [Act::Fail]);
    let bad = released(&world, "3.0", &"c".repeat(40)).await;
    carried_on(&world, &bad).await;
    let bad = world.until_is(bad.id(), "rolled_back").await;
    let State::RolledBack { cause: RollbackCause::WentBack { why: FailureCause::Analysis { .. } }, .. } =
        bad.state
    else {
        panic!("{:?}", bad.state)
    };
    assert_eq!(world.deploys.verbs(bad.id()), ["apply", "set-weight 10", "analyse", "undo"]);

    let back = rolled_back(&world, &better).await;
    assert_eq!(back.spec.content.artifact.digest, artifact_of(&"a".repeat(40)), "1.0 runs again");
    told(&world, &good, &better, &back).await;
    world.check().await;
}

async fn rolled_back(world: &World, source: &Release) -> Release {
    let (rita, plain) = (world.rita(), Options::default());
    let back = world.engine.rollback_release(&rita, source.id(), None, "2.0 loses orders", &plain).await;
    let back = back.unwrap().value;
    world.until_waits(back.id(), "strategy").await;
    world.engine.steer(&rita, back.id(), Steer::Resume, &plain).await.unwrap();
    let back = world.until_is(back.id(), "succeeded").await;
    let source = world.stored(source.id()).await;
    let by = RollbackCause::UndoneBy { release: back.id() };
    assert!(matches!(&source.state, State::RolledBack { cause, .. } if *cause == by), "{:?}", source.state);
    let again = world.engine.rollback_release(&rita, source.id(), None, "once more", &plain).await;
    assert!(
        matches!(&again, Err(EngineError::Refused(r)) if matches!(**r, Refusal::NoRollback { .. })),
        "{again:?}"
    );
    back
}

const BUILT: [&str; 5] = [
    "ci_run.triggered",
    "ci_run.started",
    "ci_run.step_finished",
    "ci_run.step_finished",
    "ci_run.succeeded",
];

/// Over apply, a weight, a pause that somebody ends, an analysis and the promotion.
const ROLLED_OUT: [&str; 10] = [
    "release.started",
    "release.progressed",
    "release.progressed",
    "release.waiting",
    "release.resumed",
    "release.progressed",
    "release.progressed",
    "release.progressed",
    "release.succeeded",
    "ledger.added",
];

/// The ledger says what was withdrawn, and the timelines tell all of it in order.
async fn told(world: &World, good: &Release, undone: &Release, back: &Release) {
    let query = ListQuery::Ledger { deployment: world.deployment() };
    let page = world.engine.list(&world.ann(), &query, None, Limit::new(100).unwrap()).await.unwrap();
    let entries = page.items.into_iter().map(|record| match record {
        Record::LedgerEntry(entry) => (entry.release, entry.withdrawn_by),
        other => panic!("{other:?}"),
    });
    let expected = [(back.id(), None), (undone.id(), Some(back.id())), (good.id(), None)];
    assert_eq!(entries.collect::<Vec<_>>(), expected);

    let timeline = world.engine.release_timeline(&world.ann(), undone.id(), &whole()).await.unwrap().items;
    assert!(timeline.is_sorted_by(|a, b| a.seq < b.seq && a.at <= b.at));
    let kinds: Vec<&str> = timeline.iter().map(|entry| entry.kind.as_str()).collect();
    let votes = ["release.created", "release.vote_cast", "release.vote_cast", "release.approved"];
    let undone = ["release.rolled_back", "ledger.withdrawn"];
    // Its rollback comes last, over the same steps and without a vote.
    let expected = [&BUILT[..], &votes, &ROLLED_OUT, &votes[..1], &ROLLED_OUT, &undone].concat();
    assert_eq!(kinds, expected);
}
