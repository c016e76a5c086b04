//! When tokens were last used.

use std::collections::BTreeMap;

use super::Fixture;
use super::world::World;
use crate::audit::{Chain, ChainHead};
use crate::id::TokenId;
use crate::port::{Load, RecordKey, RecordKind};
use crate::testing::builders::{tenant, token};
use crate::time::Timestamp;

/// Two tokens of the world's tenant.
async fn tokens(world: &World) -> [TokenId; 2] {
    let ends = world.load(Load::tenant()).await.now.plus_seconds(60);
    [world.put(token(1, "rita", "one", ends)).await.id, world.put(token(2, "rita", "two", ends)).await.id]
}

async fn uses(world: &World, tokens: &[TokenId]) -> BTreeMap<TokenId, Timestamp> {
    world.store().token_uses(&world.tenant, tokens).await.expect("the uses are read")
}

async fn head(world: &World) -> ChainHead {
    world.store().head(&world.tenant, Chain::Ledger).await.expect("the head is read")
}

pub(super) async fn the_last_use_of_a_token_is_known(fixture: Fixture) {
    let world = World::of(fixture).await;
    let [one, two] = tokens(&world).await;
    assert_eq!(uses(&world, &[one, two]).await, BTreeMap::new());
    let at = Timestamp::from_micros;
    for (token, used) in [(one, 5), (one, 9), (one, 7), (two, 3)] {
        world.store().use_token(&world.tenant, token, at(used)).await.expect("the use is noted");
    }
    assert_eq!(uses(&world, &[one, two]).await, BTreeMap::from([(one, at(9)), (two, at(3))]));
    assert_eq!(uses(&world, &[two]).await, BTreeMap::from([(two, at(3))]));
    assert_eq!(uses(&world, &[]).await, BTreeMap::new());
}

pub(super) async fn a_use_touches_no_state(fixture: Fixture) {
    let world = World::of(fixture).await;
    let [one, _] = tokens(&world).await;
    let key = RecordKey::new(RecordKind::Token, one);
    let (row, before) = (world.load(Load::record(key.clone())).await.record, head(&world).await);
    world.store().use_token(&world.tenant, one, Timestamp::from_micros(5)).await.expect("the use is noted");
    assert_eq!(world.load(Load::record(key)).await.record, row);
    assert_eq!(head(&world).await, before);
}

pub(super) async fn uses_are_of_one_tenant(fixture: Fixture) {
    let world = World::of(fixture).await;
    let [one, _] = tokens(&world).await;
    let (store, other, at) = (world.store(), tenant("globex"), Timestamp::from_micros(5));
    store.use_token(&world.tenant, one, at).await.expect("the use is noted");
    assert_eq!(store.token_uses(&other, &[one]).await.expect("the uses are read"), BTreeMap::new());
}
