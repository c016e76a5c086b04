//! What waits for somebody's vote.

use cicd_core::authz::Caller;
use cicd_core::page::Limit;
use cicd_core::release::Release;

use super::world::{World, voted};

async fn waiting(world: &World, caller: &Caller, limit: u64) -> Vec<Release> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page =
            world.engine.awaiting_vote(caller, after.as_deref(), Limit::new(limit).unwrap()).await.unwrap();
        found.extend(page.items);
        after = page.next;
        if after.is_none() {
            return found;
        }
    }
}

fn versions(releases: &[Release]) -> Vec<&str> {
    releases.iter().map(|release| release.spec.version.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_me_is_what_my_vote_helps() {
    let mut config = voted(2);
    config["queue"] = "wait".into();
    let world = World::new(config).await;
    let mut releases = Vec::new();
    for version in ["1.0", "1.1", "1.2"] {
        releases.push(world.release(version).await);
    }
    world.approve(1, &releases[0]).await.unwrap();
    for number in [1, 2] {
        world.approve(number, &releases[1]).await.unwrap();
    }
    let (voter, other) = (world.approver(1), world.approver(3));
    for limit in [1, 2, 50] {
        assert_eq!(
            versions(&waiting(&world, &voter, limit).await),
            ["1.2"],
            "what I voted on waits for others"
        );
        assert_eq!(versions(&waiting(&world, &other, limit).await), ["1.0", "1.2"], "the first one first");
    }
    for nobody in [world.ann(), world.rita(), world.person("stranger")] {
        assert_eq!(waiting(&world, &nobody, 50).await, [], "{nobody:?}");
    }
    let limited = Caller { limited_to: Some(["viewer".parse().unwrap()].into()), ..world.approver(3) };
    assert_eq!(waiting(&world, &limited, 50).await, [], "a credential for reading can't vote");
    world.clock.jump(30 * 24 * 3_600);
    assert_eq!(waiting(&world, &other, 50).await, [], "it is too late");
}
