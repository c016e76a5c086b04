//! What executors do belongs to the trace of the request that let it begin, whichever host carries it out.

use cicd_core::authz::Caller;
use cicd_core::ci::run::RunDraft;
use cicd_core::engine::Options;
use cicd_core::release::Release;
use cicd_core::source::Headers;
use cicd_core::testing::sender::hub_signature;
use cicd_core::trace::TraceParent;
use serde_json::json;

use super::builds::Build;
use super::deploys::Act;
use super::sources::{SECRET, pushed, source};
use super::world::{BEYOND_LEASE, World, eventually, rolling, vote_on, voted, worker};

fn trace(number: u64) -> TraceParent {
    format!("00-4bf92f3577b34da6a3ce929d0e0e4736-{number:016x}-01").parse().unwrap()
}

fn within(number: u64, caller: Caller) -> Caller {
    Caller { trace: Some(trace(number)), ..caller }
}

async fn create(world: &World) -> Release {
    let (ann, draft) = (within(1, world.ann()), world.draft("1.0"));
    world.engine.create_release(&ann, &draft, &Options::default()).await.unwrap().value
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rollout_belongs_to_the_request_that_let_it_start() {
    let world = World::new(voted(2)).await;
    let release = create(&world).await;
    for (number, expected) in [(2, 1), (3, 3)] {
        let voter = within(number, world.approver(usize::try_from(number).unwrap()));
        world.engine.approve(&voter, release.id(), &vote_on(&release), &Options::default()).await.unwrap();
        assert_eq!(world.stored(release.id()).await.trace, Some(trace(expected)), "vote {number}");
    }
    let _workers = world.work();
    world.until_is(release.id(), "succeeded").await;
    let traces: Vec<_> = world.deploys.calls().into_iter().map(|call| call.trace).collect();
    assert_eq!(traces, [Some(trace(3))]);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rollout_keeps_its_trace_when_another_host_takes_it_over() {
    let world = World::new(rolling()).await;
    world.deploys.plan("apply", [Act::Block]);
    let release = create(&world).await;
    let dies = world.work();
    eventually("it applies", async || world.deploys.busy() == 1).await;
    world.die(dies).await;
    world.clock.jump(BEYOND_LEASE);
    let _lives = world.another_engine(9).0.spawn_workers(worker());
    world.until_is(release.id(), "succeeded").await;
    let calls = world.deploys.calls();
    assert_eq!(calls.len(), 3, "{calls:#?}");
    assert!(calls.iter().all(|call| call.trace == Some(trace(1))), "{calls:#?}");
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_keeps_its_trace_when_another_host_takes_it_over() {
    let world = World::new(rolling()).await;
    world.builds.plan([Build::Block]);
    let draft = RunDraft::parse(&json!({ "commit": "a".repeat(40) })).unwrap();
    let (ann, service) = (within(1, world.ann()), world.service());
    let run = world.engine.trigger_run(&ann, &service, &draft, &Options::default()).await.unwrap().value;
    let dies = world.work();
    eventually("it builds", async || world.builds.busy() == 1).await;
    world.die(dies).await;
    world.clock.jump(BEYOND_LEASE);
    let _lives = world.another_engine(9).0.spawn_workers(worker());
    world.until_run(run.id, "succeeded").await;
    assert_eq!(world.builds.traces(), [Some(trace(1)); 2]);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_belongs_to_the_delivery_that_started_it_and_a_malformed_trace_to_nothing() {
    let world = World::new(rolling()).await;
    let source = source(&world).await;
    let _workers = world.work();
    let good = trace(7).to_string();
    let sent = [(vec![good.as_str()], Some(trace(7))), (vec!["nonsense"], None), (vec![&good, &good], None)];
    for (number, (traces, expected)) in sent.into_iter().enumerate() {
        let body = pushed("main", ['1', '2', '3'][number]).to_string();
        let (id, signature) = (number.to_string(), hub_signature(SECRET, body.as_bytes()));
        let named =
            [("x-github-event", "push"), ("x-github-delivery", &*id), ("x-hub-signature-256", &*signature)];
        let traces = traces.iter().map(|trace| ("traceparent", *trace));
        let all = named.into_iter().chain(traces).map(|(name, value)| (name, value.as_bytes()));
        let headers = Headers::new(all);
        world.engine.deliver(&world.tenant, source.id, &headers, body.as_bytes()).await.unwrap();
        eventually("it builds", async || world.builds.traces().len() == number + 1).await;
        assert_eq!(world.builds.traces()[number], expected);
    }
}
