//! What a caller expects of a row holds, or nothing changes.

use cicd_core::engine::{EngineError, Options, Outcome};
use cicd_core::id::RowVersion;
use cicd_core::service::ServiceDraft;
use serde_json::json;

use super::world::{World, rolling, target, voted};

fn expecting(version: RowVersion) -> Options {
    Options { expected: Some(version), ..Options::default() }
}

fn moved<T: std::fmt::Debug>(outcome: Result<Outcome<T>, EngineError>, now: RowVersion) {
    match outcome {
        Err(EngineError::VersionMoved { current, .. }) => assert_eq!(current, now),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expected_version_holds_or_nothing_changes() {
    let world = World::new(rolling()).await;
    let (engine, ada, id) = (&world.engine, world.ada(), world.deployment());
    let (absent, first) = (RowVersion::ABSENT, RowVersion::ABSENT.next());
    let service = ServiceDraft::parse(&json!({"name": "Shop"})).unwrap();
    for wrong in [absent, first.next()] {
        moved(engine.put_service(&ada, &world.service(), &service, &expecting(wrong)).await, first);
        moved(engine.put_deployment(&ada, &id, &target("eu-1"), &expecting(wrong)).await, first);
        moved(engine.put_deployment(&ada, &id, &target("eu-2"), &expecting(wrong)).await, first);
        moved(engine.put_cd_config(&ada, &id, &rolling(), &expecting(wrong)).await, first);
        moved(engine.put_cd_config(&ada, &id, &voted(1), &expecting(wrong)).await, first);
        moved(engine.delete_cd_config(&ada, &id, &expecting(wrong)).await, first);
    }
    let config = engine.put_cd_config(&ada, &id, &voted(1), &expecting(first)).await.unwrap().value;
    assert_eq!((config.revision, config.row_version), (2, first.next()));
    engine.delete_cd_config(&ada, &id, &expecting(first.next())).await.unwrap();
    let again = engine.put_cd_config(&ada, &id, &rolling(), &expecting(absent)).await.unwrap().value;
    assert_eq!(again.revision, 3, "revisions go on where they were");
    world.check().await;
}
