//! Lists narrowed by what UI and command line ask for.

use serde_json::json;

use super::Fixture;
use super::world::World;
use crate::audit::Chain;
use crate::page::Limit;
use crate::port::{Born, ListQuery, Record, ReleaseFilter, RunFilter};
use crate::testing::builders::{ci_config, principal, release_id, run_asked_for, run_id, run_triggered};

fn ids(rows: &[Record]) -> Vec<String> {
    rows.iter().map(|row| row.key().id).collect()
}

fn releases(numbers: &[u64]) -> Vec<String> {
    numbers.iter().map(|number| release_id(*number).to_string()).collect()
}

pub(super) async fn releases_are_filtered_by_requester_and_artifact(fixture: Fixture) {
    let world = World::of(fixture).await;
    let one = world.create(1).await;
    let two = world.create(2).await;
    let requester = Some(one.spec.requester.clone());
    let filter = ReleaseFilter { requester, ..ReleaseFilter::default() };
    assert_eq!(ids(&world.list(&ListQuery::Releases(filter.clone())).await), releases(&[2, 1]));
    let nobody = ReleaseFilter { requester: Some(principal("nobody")), ..filter.clone() };
    assert_eq!(ids(&world.list(&ListQuery::Releases(nobody)).await), releases(&[]));
    let artifact = Some(two.spec.content.artifact.digest);
    let same = ReleaseFilter { artifact, status: Some("approved".to_owned()), ..filter };
    let expected = if artifact == Some(one.spec.content.artifact.digest) { vec![2, 1] } else { vec![2] };
    assert_eq!(ids(&world.list(&ListQuery::Releases(same)).await), releases(&expected));
    let other = Some(crate::digest::Digest::of(b"never built"));
    let none = ReleaseFilter { artifact: other, ..ReleaseFilter::default() };
    assert_eq!(ids(&world.list(&ListQuery::Releases(none)).await), releases(&[]));
}

pub(super) async fn runs_are_filtered_by_ref_and_commit(fixture: Fixture) {
    let world = World::of(fixture).await;
    let config = world.put(ci_config(&world.site.service.id)).await;
    let draft = json!({"commit": "a".repeat(40), "git_ref": {"type": "branch", "name": "main"}});
    for number in [1, 2] {
        world.commit(run_asked_for(&world.tenant, run_id(number), &config, &draft)).await;
    }
    world.commit(run_triggered(&world.tenant, run_id(3), &config)).await;
    let run = world.load(crate::port::Load::run(run_id(1))).await.run.unwrap();
    let (git_ref, commit) = (run.trigger.git_ref.name().cloned(), Some(run.trigger.commit));
    assert!(git_ref.is_some());
    let both = vec![run_id(2).to_string(), run_id(1).to_string()];
    let here = RunFilter { git_ref, ..RunFilter::default() };
    assert_eq!(ids(&world.list(&ListQuery::CiRuns(here.clone())).await), both);
    let of_service =
        RunFilter { service: Some(world.site.service.id.clone()), commit: commit.clone(), ..here.clone() };
    assert_eq!(ids(&world.list(&ListQuery::CiRuns(of_service)).await), both);
    let of_commit = RunFilter { commit, ..RunFilter::default() };
    assert_eq!(world.list(&ListQuery::CiRuns(of_commit)).await.len(), 3);
    let elsewhere = RunFilter { git_ref: Some("none".parse().unwrap()), ..here.clone() };
    assert!(world.list(&ListQuery::CiRuns(elsewhere)).await.is_empty());
    let unknown = RunFilter { commit: Some(("0".repeat(39) + "f").parse().unwrap()), ..here };
    assert!(world.list(&ListQuery::CiRuns(unknown)).await.is_empty());
}

pub(super) async fn births_can_be_limited_and_come_in_both_orders(fixture: Fixture) {
    let world = World::of(fixture).await;
    let mut births = Vec::new();
    for number in [5, 9, 7] {
        world.create(number).await;
        births.push(world.store().head(&world.tenant, Chain::Ledger).await.unwrap().seq);
    }
    let list = |born| ListQuery::Releases(ReleaseFilter { born, ..ReleaseFilter::default() });
    let oldest = Born { oldest_first: true, ..Born::ANY };
    assert_eq!(ids(&world.list(&list(oldest)).await), releases(&[5, 9, 7]));
    let (first, second) = (Some(births[0]), Some(births[1]));
    let cases = [
        (Born { from: second, ..Born::ANY }, vec![7, 9]),
        (Born { to: second, ..Born::ANY }, vec![9, 5]),
        (Born { from: first, to: second, ..oldest }, vec![5, 9]),
        (Born { from: Some(births[2] + 1), ..oldest }, vec![]),
    ];
    for (born, expected) in cases {
        assert_eq!(ids(&world.list(&list(born)).await), releases(&expected), "{born:?}");
    }
    let limit = Limit::new(1).unwrap();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = world.store().list(&world.tenant, &list(oldest), after.as_deref(), limit).await.unwrap();
        seen.extend(ids(&page.items));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, releases(&[5, 9, 7]), "page by page");
}
