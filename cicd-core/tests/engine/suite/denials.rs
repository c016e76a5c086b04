//! Who may nothing changes nothing, and is heard of once a minute.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use cicd_core::audit::{Chain, StoredEvent};
use cicd_core::authz::{Action, Caller, Object, PolicySnapshot, Verdict};
use cicd_core::engine::{Engine, EngineError, Options};
use cicd_core::id::{PrincipalId, Role};
use cicd_core::memory::{MemoryBlobs, SequentialIds, SteppedClock};
use cicd_core::port::{Authorizer, AuthorizerError, Store as _};
use cicd_core::testing::store::{Dump, dump};

use super::commands::There;
use super::hooks::Hooked;
use super::oracle;
use super::world::{World, voted};

/// Denies everything, or can't tell.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Judge {
    Denies,
    LacksModel,
    LacksRoles,
}

#[async_trait]
impl Authorizer for Judge {
    async fn check(
        &self,
        _: &Caller,
        _: Action,
        _: &Object,
        _: &PolicySnapshot,
    ) -> Result<Verdict, AuthorizerError> {
        match self {
            Self::Denies => Ok(Verdict::Deny { reason: "nobody may".to_owned() }),
            Self::LacksModel => Err(AuthorizerError { message: "the model is gone".to_owned() }),
            Self::LacksRoles => Ok(Verdict::Allow),
        }
    }

    async fn roles(
        &self,
        principal: &PrincipalId,
        object: &Object,
        policy: &PolicySnapshot,
    ) -> Result<BTreeSet<Role>, AuthorizerError> {
        match self {
            Self::LacksRoles => Err(AuthorizerError { message: "the model is gone".to_owned() }),
            _ => Ok(policy.roles(principal, object)),
        }
    }
}

/// All but the security chain.
fn apart_from_security(dump: &Dump) -> (&Dump, usize) {
    (dump, dump.chains[1].1.len())
}

async fn refuses_everything(judge: Judge, actions: &[Action]) {
    let world = World::new(voted(1)).await;
    let there = There::new(&world).await;
    let engine = world.engine_with(judge, &world.clock, 9);
    let before = dump(&*world.store.inner, &world.tenant).await;
    let mut denied = 0;
    for action in actions {
        for dry_run in [true, false] {
            let options = Options { dry_run, ..Options::default() };
            let asked = there.ask(&world, &engine, *action, &options).await;
            assert!(!asked.is_empty(), "no command asks for `{action}`");
            for (command, outcome) in asked {
                if judge == Judge::LacksRoles && command == "list" {
                    continue;
                }
                assert!(
                    matches!(&outcome, Err(EngineError::Denied { action: asked, .. }) if asked == action),
                    "{command}: {outcome:?}"
                );
                denied += 1;
            }
        }
    }
    assert!(denied >= 2 * actions.len());
    let after = dump(&*world.store.inner, &world.tenant).await;
    let ((before, few), (after, more)) = (apart_from_security(&before), apart_from_security(&after));
    assert_eq!((&before.lists, &before.snapshots), (&after.lists, &after.snapshots));
    assert_eq!(before.chains[0], after.chains[0], "nothing was recorded as done");
    assert!(more >= few + actions.len(), "each is recorded as denied: {few} {more}");
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_is_refused_to_whom_all_is_denied() {
    refuses_everything(Judge::Denies, Action::ALL).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_authorizer_that_fails_has_denied() {
    refuses_everything(Judge::LacksModel, Action::ALL).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_can_not_tell_the_roles_has_denied_too() {
    let changes: Vec<_> = Action::ALL.iter().copied().filter(|action| !There::is_read(*action)).collect();
    refuses_everything(Judge::LacksRoles, &changes).await;
}

async fn denied_events(store: &Hooked, world: &Caller) -> Vec<StoredEvent> {
    oracle::chain(&*store.inner, &world.tenant, Chain::Security).await
}

fn suppressed_before(event: &StoredEvent) -> u64 {
    event.event().unwrap().data["suppressed_before"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_flood_of_denials_is_an_event_a_minute() {
    let clock = SteppedClock::default();
    let store = Hooked::new(crate::backend::open(clock.clone()).await);
    let engine = Engine::builder()
        .store(store.clone())
        .authorizer(Judge::Denies)
        .blobs(Arc::new(MemoryBlobs::default()))
        .ids(SequentialIds::default())
        .build()
        .unwrap();
    let caller = Caller::person("acme".parse().unwrap(), "mallory".parse().unwrap());
    let flood = crate::backend::DENIALS;
    // Five minutes in all.
    let micros = i64::try_from(300_000_000 / flood).unwrap();
    for _ in 0..flood {
        let outcome = engine.floor(&caller, cicd_core::service::Tier::Production).await;
        assert!(matches!(outcome, Err(EngineError::Denied { .. })));
        clock.step(micros);
    }
    clock.advance_seconds(60);
    let _ = engine.floor(&caller, cicd_core::service::Tier::Production).await;
    let events = denied_events(&store, &caller).await;
    assert_eq!(events.len(), 6, "the first of each minute");
    assert!(events.is_sorted_by(|a, b| b.at.micros_since(a.at) >= 60_000_000), "more than one a minute");
    let told = events.len() as u64 + events.iter().map(suppressed_before).sum::<u64>();
    assert_eq!(told, flood + 1, "each denial is told or counted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_denial_that_could_not_be_recorded_is_told_by_the_next() {
    let world = World::new(voted(1)).await;
    let engine = world.engine_with(Judge::Denies, &world.clock, 9);
    let mallory = world.person("mallory");
    let ask = async || engine.service(&mallory, &world.service()).await;
    world.store.before_commit_of("access.denied", {
        let store = world.store.clone();
        async move { store.outage(true) }
    });
    assert!(
        matches!(ask().await, Err(EngineError::Unavailable { .. })),
        "it is no denial that nobody hears of"
    );
    world.store.outage(false);
    assert!(matches!(ask().await, Err(EngineError::Denied { .. })));
    let events = denied_events(&world.store, &mallory).await;
    assert_eq!(events.iter().map(suppressed_before).collect::<Vec<_>>(), [1]);
    assert_eq!(world.store.tenants().await.unwrap().len(), 1);
}
