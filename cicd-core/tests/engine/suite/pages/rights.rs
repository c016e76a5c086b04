//! A page is for those who may read it now.

use cicd_core::authz::{Caller, GrantKey};
use cicd_core::engine::{Engine, EngineError, Options, Question};
use cicd_core::page::Limit;
use cicd_core::service::ServiceDraft;
use serde_json::json;

use super::{Site, asked, of_release, timeline};

fn viewer(site: &Site) -> (Caller, GrantKey) {
    let who = site.world.person("vera");
    let key = GrantKey::new(who.principal.clone(), "viewer".parse().unwrap());
    (who, key)
}

async fn is_denied(host: &Engine, caller: &Caller, question: &Question) -> bool {
    matches!(asked(host, caller, question).await, Err(EngineError::Denied { .. }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_is_kept_is_denied_to_others() {
    let site = Site::new().await;
    let release = site.world.release("1.0").await;
    let host = site.host(&site.cache(), 3);
    for question in [site.question(), of_release(release.id())] {
        asked(&host, &site.world.ann(), &question).await.unwrap();
        assert!(is_denied(&host, &viewer(&site).0, &question).await, "{question:?}");
        asked(&host, &site.world.ann(), &question).await.unwrap();
    }
    let security = cicd_core::audit::Chain::Security;
    let denials = site.world.store.inner.head(&site.world.tenant, security).await.unwrap().seq;
    assert_eq!(denials, 1, "the first of a minute is an event");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_right_counts_at_once_and_is_gone_at_once() {
    let site = Site::new().await;
    let cache = site.cache();
    let (here, there) = (site.host(&cache, 3), site.host(&cache, 4));
    let (vera, key) = viewer(&site);
    let (ada, plain, question) = (site.world.ada(), Options::default(), site.question());
    assert!(is_denied(&here, &vera, &question).await);
    for changing in [&here, &there] {
        changing.grant(&ada, &key, &plain).await.unwrap();
        assert!(asked(&here, &vera, &question).await.is_ok());
        // The next look remembers the grant, which must not outlive the commit that takes it.
        site.pass_a_life();
        assert!(asked(&here, &vera, &question).await.is_ok());
        changing.revoke_grant(&ada, &key, &plain).await.unwrap();
        assert!(is_denied(&here, &vera, &question).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_right_whose_loss_nobody_told_of_is_gone_after_a_life() {
    let site = Site::new().await;
    let cache = site.cache();
    let (here, there) = (site.host(&cache, 3), site.host(&cache, 4));
    let (vera, key) = viewer(&site);
    let (ada, plain, question) = (site.world.ada(), Options::default(), site.question());
    here.grant(&ada, &key, &plain).await.unwrap();
    asked(&here, &vera, &question).await.unwrap();
    cache.deaf(true);
    let seq = there.revoke_grant(&ada, &key, &plain).await.unwrap().seq;
    let told = here.page(&vera, &question, &super::VIEW, Some(seq)).await;
    assert!(matches!(told, Err(EngineError::Denied { .. })), "who knows of the loss has it");
    there.grant(&ada, &key, &plain).await.unwrap();
    assert!(asked(&here, &vera, &question).await.is_ok(), "before anybody is denied the store is asked");
    site.pass_a_life();
    asked(&here, &vera, &question).await.unwrap();
    there.revoke_grant(&ada, &key, &plain).await.unwrap();
    site.pass_a_life();
    assert!(is_denied(&here, &vera, &question).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tenants_with_the_same_names_have_their_own_pages() {
    let site = Site::new().await;
    let host = site.host(&site.cache(), 3);
    let (plain, shop) = (Options::default(), site.world.service());
    let release = site.world.release("1.0").await;
    let stranger = Caller::person("globex".parse().unwrap(), "ann".parse().unwrap());
    host.bootstrap(&stranger.tenant, &stranger.principal).await.unwrap().unwrap();
    let of_release = of_release(release.id());
    let mine = asked(&host, &site.world.ann(), &site.question()).await.unwrap();
    asked(&host, &site.world.ann(), &of_release).await.unwrap();
    for question in [&site.question(), &of_release] {
        let theirs = asked(&host, &stranger, question).await;
        assert!(matches!(theirs, Err(EngineError::NotFound { .. })), "{theirs:?}");
    }
    let draft = ServiceDraft::parse(&json!({"name": "Shop of Globex"})).unwrap();
    host.put_service(&stranger, &shop, &draft, &plain).await.unwrap();
    // Both ledgers end with the same sequence, so that nothing but the tenant tells their keys apart.
    let ends = |tenant| host.ledger_seq(tenant);
    let (here, there) = (&site.world.tenant, &stranger.tenant);
    for number in 0.. {
        if ends(there).await.unwrap() == ends(here).await.unwrap() {
            break;
        }
        let draft = ServiceDraft::parse(&json!({"name": format!("Shop {number}")})).unwrap();
        host.put_service(&stranger, &shop, &draft, &plain).await.unwrap();
    }
    site.pass_a_life();
    let question = timeline(shop, None, Limit::default());
    let ours = asked(&host, &site.world.ann(), &question).await.unwrap();
    let theirs = asked(&host, &stranger, &question).await.unwrap();
    assert_ne!(ours, theirs);
    assert_eq!(ours, mine);
}
