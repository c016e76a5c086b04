//! Quorums under a race: sixteen approvers vote at once on each release, through two hosts.

use std::sync::Arc;

use cicd_core::engine::{Engine, EngineError, Options};
use cicd_core::release::Release;
use cicd_core::release::refusal::Refusal;
use futures_util::future::join_all;
use tokio::sync::Barrier;

use super::world::{World, vote_on, voted};

const APPROVERS: usize = 16;

/// Has everybody vote on `release` at once, half of them on the other host. Gives how many votes were counted.
async fn race(world: &World, hosts: &[Engine; 2], release: &Release) -> usize {
    let barrier = Arc::new(Barrier::new(APPROVERS));
    let votes = (0..APPROVERS).map(|number| {
        let (engine, barrier) = (hosts[number % 2].clone(), Arc::clone(&barrier));
        let (caller, id, vote) = (world.approver(number), release.id(), vote_on(release));
        tokio::spawn(async move {
            barrier.wait().await;
            engine.approve(&caller, id, &vote, &Options::default()).await
        })
    });
    let mut counted = 0;
    for answer in join_all(votes).await {
        match answer.unwrap() {
            Ok(_) => counted += 1,
            Err(EngineError::Refused(refusal)) if matches!(*refusal, Refusal::NotPossible { .. }) => {}
            Err(error) => panic!("a legal vote was refused: {error}"),
        }
    }
    counted
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_quorum_is_lost_and_none_counts_twice() {
    let each = crate::backend::raced_releases().div_ceil(15);
    for quorum in 2..=16 {
        let world = World::new(voted(quorum)).await;
        let hosts = [world.engine.clone(), world.another_engine(9).0];
        for round in 0..each {
            let release = world.release(&format!("1.{round}")).await;
            let counted = race(&world, &hosts, &release).await;
            let stored = world.stored(release.id()).await;
            assert_eq!(stored.state.name(), "approved", "stuck with all approvals: {stored:#?}");
            assert_eq!((counted, stored.votes.len()), (quorum as usize, quorum as usize));
        }
        assert_eq!(world.count("release.approved").await, each, "approved once each");
        world.check().await;
    }
    println!("{} releases, {APPROVERS} approvers each: none stuck, none approved twice", each * 15);
}
