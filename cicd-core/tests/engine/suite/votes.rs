//! Many vote at once.

use std::sync::Arc;

use cicd_core::authz::GrantKey;
use cicd_core::engine::{EngineError, Options};
use cicd_core::release::refusal::Refusal;
use cicd_core::release::state::State;
use futures_util::future::join_all;
use tokio::sync::Barrier;

use super::world::{World, eventually, vote_on, voted};

fn was_too_late<T>(outcome: &Result<T, EngineError>) -> bool {
    matches!(outcome, Err(EngineError::Refused(refusal)) if matches!(**refusal, Refusal::NotPossible { .. }))
}

async fn all_approve(quorum: u32) {
    let world = Arc::new(World::new(voted(quorum)).await);
    let _workers = world.work();
    let release = world.release("1.0").await;
    let barrier = Arc::new(Barrier::new(64));
    let votes = (0..64).map(|number| {
        let (world, release, barrier) = (Arc::clone(&world), release.clone(), Arc::clone(&barrier));
        tokio::spawn(async move {
            barrier.wait().await;
            world.approve(number, &release).await
        })
    });
    let outcomes = join_all(votes).await.into_iter().map(Result::unwrap).collect::<Vec<_>>();
    let counted = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(counted, usize::try_from(quorum).unwrap());
    assert!(outcomes.iter().all(|outcome| outcome.is_ok() || was_too_late(outcome)), "{outcomes:?}");

    let release = world.until_is(release.id(), "succeeded").await;
    assert_eq!(release.votes.len(), counted);
    assert_eq!(world.count("release.started").await, 1);
    assert_eq!(world.count("release.approved").await, 1);
    assert_eq!(world.deploys.verbs(release.id()), ["apply"]);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_approvals_start_it_once() {
    for quorum in [2, 5, 16] {
        all_approve(quorum).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_an_approval_and_a_rejection_one_wins() {
    let world = Arc::new(World::new(voted(1)).await);
    let (mut approved, mut rejected) = (0, 0);
    for round in 0..200 {
        let release = world.release(&format!("1.{round}")).await;
        let barrier = Arc::new(Barrier::new(2));
        let yes = tokio::spawn({
            let (world, release, barrier) = (Arc::clone(&world), release.clone(), Arc::clone(&barrier));
            async move {
                barrier.wait().await;
                world.approve(1, &release).await
            }
        });
        let no = tokio::spawn({
            let (world, release, barrier) = (Arc::clone(&world), release.clone(), barrier);
            async move {
                barrier.wait().await;
                let plain = Options::default();
                world.engine.reject(&world.approver(2), release.id(), &vote_on(&release), &plain).await
            }
        });
        let (yes, no) = (yes.await.unwrap(), no.await.unwrap());
        match world.stored(release.id()).await.state {
            State::Approved { .. } => {
                assert!(yes.is_ok() && was_too_late(&no), "{yes:?} {no:?}");
                approved += 1;
            }
            State::Rejected { .. } => {
                assert!(no.is_ok() && was_too_late(&yes), "{yes:?} {no:?}");
                rejected += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(approved + rejected, 200);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_requester_with_every_role_does_not_count() {
    let world = World::new(voted(1)).await;
    let (ada, plain) = (world.ada(), Options::default());
    let key = GrantKey::new(ada.principal.clone(), "approver".parse().unwrap());
    world.engine.grant(&ada, &key, &plain).await.unwrap();
    let _workers = world.work();
    let release = world.engine.create_release(&ada, &world.draft("1.0"), &plain).await.unwrap().value;
    let own = world.engine.approve(&ada, release.id(), &vote_on(&release), &plain).await;
    assert!(
        matches!(&own, Err(EngineError::Refused(r)) if matches!(**r, Refusal::RequesterVote { .. })),
        "{own:?}"
    );
    assert_eq!(world.stored(release.id()).await, release);

    let unknown =
        world.engine.approve(&world.approver(1), release.id(), &other_content(&release), &plain).await;
    assert!(matches!(&unknown, Err(EngineError::Refused(r)) if matches!(**r, Refusal::OtherContent { .. })));
    world.approve(1, &release).await.unwrap();
    world.until_is(release.id(), "succeeded").await;
    // The vote is in; who asks again hears so, and nothing happens.
    world.approve(1, &release).await.unwrap();
    eventually("one start", async || world.count("release.started").await == 1).await;
    world.check().await;
}

fn other_content(release: &cicd_core::release::Release) -> cicd_core::engine::VoteDraft {
    let content = cicd_core::digest::Digest::of(b"something else");
    cicd_core::engine::VoteDraft { content, ..vote_on(release) }
}
