//! A chain that was tampered with past its triggers is found: at its end when the file is opened, anywhere by the doctor.

use cicd_core::audit::{Chain, ChainError};
use cicd_core::testing::builders::{put, service};
use cicd_core::trail::verify_tenant;
use cicd_store_sqlite::OpenError;

use crate::database::{Database, acme, commit};

const EVENTS: u64 = 130;

async fn recorded() -> Database {
    let database = Database::migrated().await;
    let store = database.open().await;
    for number in 0..EVENTS {
        commit(&store, put(&acme(), service(&format!("service-{number}")))).await;
    }
    store.close().await;
    database
}

async fn found_at_open(database: &Database) -> ChainError {
    match database.try_open().await {
        Err(OpenError::Chain { tenant, chain: Chain::Ledger, source }) if tenant == acme() => source,
        other => panic!("{other:?}"),
    }
}

const ALTER: &str = "UPDATE cicd_audit_event SET bytes = replace(bytes, 'ann', 'eve') WHERE seq = ";

#[tokio::test]
async fn an_altered_end_is_refused() {
    for (sql, error) in [
        (format!("{ALTER} 31"), ChainError::Hash { seq: 31 }),
        (format!("{ALTER} 130"), ChainError::Hash { seq: 130 }),
        (
            "DELETE FROM cicd_audit_event WHERE seq = 77".to_owned(),
            ChainError::Sequence { expected: 77, found: 78 },
        ),
        (
            "DELETE FROM cicd_audit_event WHERE seq = 30".to_owned(),
            ChainError::Sequence { expected: 30, found: 31 },
        ),
        (
            "DELETE FROM cicd_audit_event WHERE seq > 120".to_owned(),
            ChainError::Head { expected: 130, found: 120 },
        ),
        ("UPDATE cicd_audit_event SET at = 0 WHERE seq = 99".to_owned(), ChainError::Time { seq: 99 }),
        (
            "UPDATE cicd_audit_event SET previous = zeroblob(32) WHERE seq = 50".to_owned(),
            ChainError::Previous { seq: 50 },
        ),
    ] {
        let database = recorded().await;
        database.past_triggers("cicd_audit_event", &sql).await;
        assert_eq!(found_at_open(&database).await, error, "{sql}");
    }
    let database = recorded().await;
    database.past_triggers("cicd_chain_head", "UPDATE cicd_chain_head SET hash = randomblob(32)").await;
    assert_eq!(found_at_open(&database).await, ChainError::HeadDiffers { seq: EVENTS });
}

#[tokio::test]
async fn the_doctor_verifies_the_rest() {
    let database = recorded().await;
    database.past_triggers("cicd_audit_event", &format!("{ALTER} 7")).await;
    let store = database.open().await;
    let reports = verify_tenant(&store, &acme()).await.unwrap();
    let found: Vec<_> =
        reports.iter().map(|report| (report.chain, report.verified(), report.error.clone())).collect();
    assert_eq!(
        found,
        [(Chain::Ledger, 6, Some(ChainError::Hash { seq: 7 })), (Chain::Security, 0, None)],
        "an altered event is found wherever it stands"
    );
    store.close().await;
}

#[tokio::test]
async fn sound_chains_verify_whole() {
    let database = recorded().await;
    let store = database.open().await;
    let reports = verify_tenant(&store, &acme()).await.unwrap();
    assert!(reports.iter().all(|report| report.error.is_none()), "{reports:?}");
    assert_eq!(reports[0].verified(), EVENTS);
    assert_eq!(store.oracle().await.unwrap(), Vec::<String>::new());
    store.close().await;
}
