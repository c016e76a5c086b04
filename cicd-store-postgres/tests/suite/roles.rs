//! What a host's login may do once the roles are parted.

use std::sync::Arc;

use cicd_core::audit::Chain;
use cicd_core::port::{ClaimRequest, Load, Store as _, WorkerId};
use cicd_core::testing::builders::{Site, put, release_change, release_id, service, tenant, uuid};
use cicd_store_postgres::{PostgresOptions, PostgresStore, grant_roles, revoke_roles, verify_schema};
use cicd_tests::postgres::Database;
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgPool;

use crate::database::migrated;

/// A database whose roles are parted, and pools of an administrator and of a host.
async fn parted() -> (Arc<Database>, PgPool, PgPool) {
    let database = Arc::new(migrated().await);
    let admin = database.pool().await;
    grant_roles(&admin).await.unwrap();
    grant_roles(&admin).await.expect("it may be repeated");
    let login = format!("CREATE ROLE {0}_host LOGIN IN ROLE cicd_app, cicd_worker", database.name());
    sqlx::raw_sql(AssertSqlSafe(login)).execute(&admin).await.unwrap();
    let url = database.url().replacen("postgres@", &format!("{}_host@", database.name()), 1);
    let host = PostgresOptions { connections: 4, ..PostgresOptions::default() }.pool(&url).await.unwrap();
    (database, admin, host)
}

#[tokio::test]
async fn a_host_does_its_work_and_nothing_else() {
    let (_database, admin, host) = parted().await;
    let store = PostgresStore::with_pool(host.clone()).await.unwrap();
    let (acme, site) = (tenant("acme"), Site::new("shop", 0));
    for row in [
        put(&acme, site.service.clone()),
        put(&acme, site.deployment.clone()),
        put(&acme, site.config.clone()),
    ] {
        store.commit(row).await.unwrap();
    }
    store.commit(release_change(&acme, None, vec![site.created(release_id(1))])).await.unwrap();
    let lease = store
        .claim(ClaimRequest { worker: WorkerId(uuid(9)), limit: 1, lease_micros: 60_000_000 })
        .await
        .unwrap()
        .remove(0);
    let lease = store.renew(&lease, 60_000_000).await.unwrap();
    store.ack(&lease).await.unwrap();
    assert!(store.load(&acme, &Load::release(release_id(1))).await.unwrap().release.is_some());
    assert_eq!(store.oracle().await.unwrap(), Vec::<String>::new());
    assert_eq!(verify_schema(&admin).await.unwrap().differences, [], "rights are no part of the schema");
    for sql in [
        "INSERT INTO cicd_audit_event (tenant, chain, seq, at, bytes, previous, hash) VALUES ('acme', 'ledger', 9, 0, '{}', '', '')",
        "UPDATE cicd_audit_event SET at = at",
        "DELETE FROM cicd_audit_event",
        "TRUNCATE cicd_audit_event",
        "ALTER TABLE cicd_audit_event DISABLE TRIGGER ALL",
        "DROP TABLE cicd_audit_event",
        "UPDATE cicd_chain_head SET seq = seq",
        "UPDATE cicd_release SET body = body",
        "UPDATE cicd_work SET committed_due_at = 0",
        "SELECT cicd_write('acme', 'release', 'x', 0, 1, '{}', 1, false)",
        "CREATE OR REPLACE FUNCTION cicd_now() RETURNS bigint LANGUAGE sql RETURN 0",
        "SET ROLE cicd_owner",
    ] {
        let refused = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&host).await.expect_err(sql).to_string();
        assert!(
            refused.contains("permission denied") || refused.contains("must be owner"),
            "{sql}: {refused}"
        );
    }
    assert_eq!(store.head(&acme, Chain::Ledger).await.unwrap().seq, 4);
    revoke_roles(&admin).await.unwrap();
    assert!(store.commit(put(&acme, service("late"))).await.is_err(), "the login has lost its rights");
    let store = PostgresStore::with_pool(admin).await.unwrap();
    store.commit(put(&acme, service("late"))).await.unwrap();
}
