//! When work is due.

use super::Fixture;
use super::world::{LEASE_SECONDS, World, started, withdrawn, work};
use crate::port::{Lease, Load};
use crate::release::Release;
use crate::release::event::ReleaseEvent;
use crate::release::state::WaitReason;

fn waiting(seconds: Option<u64>) -> ReleaseEvent {
    ReleaseEvent::Waiting { reason: WaitReason::Strategy, next_step: 1, seconds }
}

/// A release that executes under the lease that is given with it.
async fn executing(world: &World) -> (Release, Lease) {
    let release = world.create(1).await;
    let lease = world.claim_one(1).await;
    let mut change = world.change(Some(&release), vec![started(&release, lease.epoch)]);
    change.under_lease(work(&release), lease.epoch);
    world.commit(change).await;
    (world.release(release.id()).await, lease)
}

pub(super) async fn commits_say_when_work_is_due(fixture: Fixture) {
    let world = World::of(fixture).await;
    let (release, lease) = executing(&world).await;
    let release = world.advance(&release, vec![waiting(Some(600))]).await;
    world.store().ack(&lease).await.unwrap();
    assert_eq!(world.claim(1, 10).await, [], "it waits");
    world.fixture.step_seconds(599).await;
    assert_eq!(world.claim(1, 10).await, []);
    world.fixture.step_seconds(1).await;
    let lease = world.claim_one(1).await;
    world.advance(&release, vec![waiting(None)]).await;
    world.store().ack(&lease).await.unwrap();
    world.fixture.step_seconds(7 * 24 * 3_600).await;
    assert_eq!(world.claim(1, 10).await, [], "only a command moves it on");
}

pub(super) async fn commits_leave_the_lease_as_it_is(fixture: Fixture) {
    let world = World::of(fixture).await;
    let (release, lease) = executing(&world).await;
    let by = crate::testing::builders::principal("rita");
    let release = world.advance(&release, vec![ReleaseEvent::PauseRequested { by }]).await;
    assert_eq!(world.load(Load::release(release.id())).await.lease_epoch, lease.epoch);
    assert_eq!(world.claim(2, 10).await, [], "it is due at once, and held");
    world.store().renew(&lease, 1_000_000).await.expect("the holder goes on");
    let mut change = world.change(Some(&release), vec![waiting(None)]);
    change.under_lease(work(&release), lease.epoch);
    world.commit(change).await;
    assert_eq!(world.load(Load::release(release.id())).await.lease_epoch, lease.epoch);
}

pub(super) async fn what_is_over_is_never_claimed(fixture: Fixture) {
    let world = World::of(fixture).await;
    let (release, lease) = executing(&world).await;
    let second = world.create(2).await;
    world.advance(&second, vec![withdrawn()]).await;
    let mut change = world.change(Some(&release), vec![ReleaseEvent::Succeeded]);
    change.under_lease(work(&release), lease.epoch);
    world.commit(change).await;
    world.store().ack(&lease).await.unwrap();
    world.fixture.step_seconds(30 * 24 * 3_600).await;
    assert_eq!(world.claim(1, 10).await, []);
}

pub(super) async fn released_work_waits_until_it_was_asked_for(fixture: Fixture) {
    let world = World::of(fixture).await;
    let (release, lease) = executing(&world).await;
    let now = world.load(Load::tenant()).await.now;
    world.store().release(&lease, now.plus_seconds(20)).await.unwrap();
    assert_eq!(world.claim(2, 10).await, [], "it is due at the time that was asked for");
    world.fixture.step_seconds(20).await;
    let lease = world.claim_one(2).await;
    // A wait without an end has no time of its own, but an executor may want to be asked again.
    world.advance(&release, vec![waiting(None)]).await;
    let now = world.load(Load::tenant()).await.now;
    world.store().release(&lease, now.plus_seconds(20)).await.unwrap();
    assert_eq!(world.claim(3, 10).await, []);
    world.fixture.step_seconds(20).await;
    world.claim_one(3).await;
    world.fixture.step_seconds(LEASE_SECONDS).await;
    world.claim_one(4).await;
}

pub(super) async fn a_commit_after_the_release_decides_anew(fixture: Fixture) {
    let world = World::of(fixture).await;
    let (release, lease) = executing(&world).await;
    let now = world.load(Load::tenant()).await.now;
    world.store().release(&lease, now.plus_seconds(3_600)).await.unwrap();
    let stopping = ReleaseEvent::Stopping { cause: crate::release::state::FailureCause::DeadlineExceeded };
    let release = world.advance(&release, vec![stopping]).await;
    let lease = world.claim_one(2).await;
    let cause = crate::release::state::FailureCause::DeadlineExceeded;
    world.store().release(&lease, now).await.unwrap();
    world.advance(&release, vec![ReleaseEvent::Failed { cause }]).await;
    assert_eq!(world.claim(3, 10).await, [], "it is over, whatever the last holder asked for");
}

pub(super) async fn acknowledged_work_is_due_when_the_last_commit_said(fixture: Fixture) {
    let world = World::of(fixture).await;
    let (release, lease) = executing(&world).await;
    world.advance(&release, vec![waiting(None)]).await;
    let now = world.load(Load::tenant()).await.now;
    world.store().release(&lease, now).await.unwrap();
    let lease = world.claim_one(2).await;
    world.store().ack(&lease).await.unwrap();
    assert_eq!(world.claim(3, 10).await, [], "the last commit said: not before a command");
    let second = world.create(2).await;
    let lease = world.claim_one(3).await;
    assert_eq!(lease.work, work(&second));
    world.store().ack(&lease).await.unwrap();
    assert_eq!(world.claim_one(3).await.epoch, 2, "an approved release stays due until it starts");
}
