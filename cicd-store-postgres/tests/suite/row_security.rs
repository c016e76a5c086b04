//! What row-level security shows and to whom, turned on and off.

use std::io::Write as _;
use std::process::{Command, Stdio};

use cicd_core::audit::Chain;
use cicd_core::page::Limit;
use cicd_core::port::{ListQuery, Load, RecordKey, RecordKind, Store as _};
use cicd_core::testing::builders::{Site, put, release_change, release_id, service, tenant};
use cicd_store_postgres::{
    InForce, OpenError, PostgresOptions, PostgresStore, PostgresTrail, disable_row_security,
    enable_row_security, grant_roles, migrate_down, optional_migrations, rehearse, revoke_roles,
    verify_schema,
};
use cicd_tests::postgres::Database;
use sqlx::AssertSqlSafe;
use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions};

use crate::database::{host_pool, host_url, migrated, secured};

/// Two tenants with a service and a release each; the database, and a host's pool.
async fn lived_in() -> (PostgresStore, PgPool, Database) {
    let database = secured().await;
    let host = host_pool(&database).await;
    let store = PostgresStore::with_pool(host.clone()).await.unwrap();
    for (number, name) in (1..).zip(["acme", "globex"]) {
        let (tenant, site) = (tenant(name), Site::new(name, 0));
        for row in [
            put(&tenant, site.service.clone()),
            put(&tenant, site.deployment.clone()),
            put(&tenant, site.config.clone()),
        ] {
            store.commit(row).await.unwrap();
        }
        store.commit(release_change(&tenant, None, vec![site.created(release_id(number))])).await.unwrap();
    }
    (store, host, database)
}

const TABLES: &str = "
SELECT class.relname::text FROM pg_class AS class
JOIN pg_attribute ON attrelid = class.oid AND attname = 'tenant'
WHERE class.relnamespace = 'public'::regnamespace AND class.relkind = 'r' AND class.relname LIKE 'cicd\\_%'";

/// Every table with a tenant, but for the one that workers claim from.
async fn tables(pool: &PgPool) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(pool).await.unwrap();
    assert_eq!(tables.len(), 22);
    tables.into_iter().filter(|table| table != "cicd_work").collect()
}

/// Names a tenant for all that a session asks next.
async fn name(session: &mut PgConnection, tenant: &str) {
    let names = "SELECT set_config('cicd.tenant', $1, false), set_config('row_security', 'on', false)";
    sqlx::query(names).bind(tenant).execute(session).await.unwrap();
}

async fn seen(session: &mut PgConnection, table: &str) -> Vec<String> {
    let sql = format!("SELECT DISTINCT tenant FROM {table} ORDER BY tenant");
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(session).await.unwrap()
}

async fn changed(session: &mut PgConnection, sql: &str) -> Result<u64, String> {
    let done = sqlx::query(AssertSqlSafe(sql)).execute(session).await;
    done.map(|done| done.rows_affected()).map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_session_sees_the_rows_of_the_tenant_it_names() {
    let (_store, host, database) = lived_in().await;
    let all = tables(&host).await;
    let mut session = host.acquire().await.unwrap();
    let refused = changed(&mut session, "SELECT FROM cicd_release").await.unwrap_err();
    assert!(refused.contains("would be affected by row-level security"), "a pool of ours fails: {refused}");
    let mut filled = 0;
    for table in &all {
        for nobody in ["", "initech", "%", "acme', 'globex"] {
            name(&mut session, nobody).await;
            assert_eq!(seen(&mut session, table).await, [] as [&str; 0], "{table} for `{nobody}`");
        }
        for one in ["acme", "globex"] {
            name(&mut session, one).await;
            let tenants = seen(&mut session, table).await;
            assert!(tenants.iter().all(|tenant| tenant == one), "{table} for {one}: {tenants:?}");
            filled += tenants.len();
        }
    }
    assert_eq!(
        filled,
        2 * 7,
        "each has a head, events, a service, a deployment, a config, revisions and a release"
    );
    let mut stranger =
        PgPoolOptions::new().connect(&host_url(&database)).await.unwrap().acquire().await.unwrap();
    for table in &all {
        assert_eq!(seen(&mut stranger, table).await, [] as [&str; 0], "{table} for who never named anybody");
    }
}

#[tokio::test]
async fn not_even_the_owner_writes_rows_of_a_tenant_it_does_not_name() {
    let (_store, host, database) = lived_in().await;
    let mut owner = database.pool().await.acquire().await.unwrap().detach();
    sqlx::raw_sql("SET ROLE cicd_owner").execute(&mut owner).await.unwrap();
    let insert = |tenant: &str| {
        format!(
            "INSERT INTO cicd_service (tenant, id, row_version, born, body) VALUES ('{tenant}', 'new', 1, 1, '{{}}')"
        )
    };
    for nobody in ["", "initech"] {
        name(&mut owner, nobody).await;
        assert_eq!(changed(&mut owner, "UPDATE cicd_service SET born = 7").await, Ok(0));
        assert_eq!(changed(&mut owner, "DELETE FROM cicd_grant").await, Ok(0));
        for tenant in ["acme", ""] {
            let refused = changed(&mut owner, &insert(tenant)).await.unwrap_err();
            assert!(refused.contains("row-level security policy"), "`{tenant}` by `{nobody}`: {refused}");
        }
    }
    name(&mut owner, "acme").await;
    assert_eq!(changed(&mut owner, "UPDATE cicd_service SET born = 7").await, Ok(1));
    assert_eq!(changed(&mut owner, &insert("acme")).await, Ok(1));
    for sql in [insert("globex"), insert(""), "UPDATE cicd_service SET tenant = 'globex'".to_owned()] {
        assert!(changed(&mut owner, &sql).await.unwrap_err().contains("row-level security policy"), "{sql}");
    }
    let mut session = host.acquire().await.unwrap();
    name(&mut session, "acme").await;
    for sql in ["UPDATE cicd_service SET born = 7", "DELETE FROM cicd_grant", &insert("acme")] {
        assert!(changed(&mut session, sql).await.unwrap_err().contains("permission denied"), "{sql}");
    }
    // Whose work it is, nobody changes; a worker takes leases, whoever's work it is.
    name(&mut session, "").await;
    assert_eq!(seen(&mut session, "cicd_work").await, ["acme", "globex"]);
    assert_eq!(changed(&mut session, "UPDATE cicd_work SET due_at = 7").await, Ok(2));
    assert!(
        changed(&mut session, "UPDATE cicd_work SET tenant = 'acme'").await.unwrap_err().contains("denied")
    );
}

#[tokio::test]
async fn a_connection_goes_back_without_a_tenant() {
    let (_store, _host, database) = lived_in().await;
    let pool = PgPoolOptions::new().max_connections(1).connect(&host_url(&database)).await.unwrap();
    let store = PostgresStore::with_pool(pool.clone()).await.unwrap();
    let acme = tenant("acme");
    let named = async |after: &str| {
        let sql = "SELECT current_setting('cicd.tenant', true), (SELECT count(*) FROM cicd_service)";
        let (tenant, rows): (Option<String>, i64) = sqlx::query_as(sql).fetch_one(&pool).await.unwrap();
        assert_eq!((tenant.unwrap_or_default().as_str(), rows), ("", 0), "after {after}");
    };
    let load = Load::record(RecordKey::new(RecordKind::Service, "acme"));
    assert!(store.load(&acme, &load).await.unwrap().record.is_some());
    named("a load").await;
    let page = store.list(&acme, &ListQuery::Services, None, Limit::default()).await.unwrap();
    assert_eq!(page.items.len(), 1);
    named("a list").await;
    assert!(store.list(&acme, &ListQuery::Services, Some("x"), Limit::default()).await.is_err());
    assert_eq!(store.verify_chains(&acme).await.unwrap()[0].events, 4);
    named("a verification").await;
    store.commit(put(&acme, service("more"))).await.unwrap();
    named("a commit").await;
    assert!(store.commit(put(&acme, service("more"))).await.is_err());
    named("a refused commit").await;
    assert_eq!(store.oracle().await.unwrap(), Vec::<String>::new());
    // Whoever goes away in the middle takes the connection along.
    for polls in 1..40 {
        let mut verifying = Box::pin(store.verify_chains(&acme));
        for _ in 0..polls {
            if futures_util::poll!(&mut verifying).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(verifying);
        named("a caller that went away").await;
    }
}

#[tokio::test]
async fn what_is_broken_is_found_tenant_by_tenant() {
    use cicd_core::trail::Trail as _;
    let (store, host, database) = lived_in().await;
    assert_eq!(store.oracle().await.unwrap(), Vec::<String>::new());
    let trail = PostgresTrail::connect(&host_url(&database), &PostgresOptions::default()).await.unwrap();
    assert_eq!(trail.tenants().await.unwrap(), [tenant("acme"), tenant("globex")]);
    assert_eq!(trail.head(&tenant("globex"), Chain::Ledger).await.unwrap().seq, 4);
    let admin = database.pool().await;
    let alter = "SET session_replication_role = replica;
        UPDATE cicd_audit_event SET bytes = replace(bytes, 'ann', 'eve') WHERE seq = 2 AND tenant = 'globex';
        DELETE FROM cicd_ledger_entry; UPDATE cicd_release SET row_version = 7 WHERE tenant = 'globex'";
    sqlx::raw_sql(alter).execute(&admin).await.unwrap();
    let broken = store.oracle().await.unwrap();
    assert!(broken[0].contains("of tenant globex: version 7"), "{broken:?}");
    let opened = PostgresStore::with_pool(host).await.unwrap_err();
    assert!(matches!(&opened, OpenError::Chain { tenant, .. } if tenant.as_str() == "globex"), "{opened:?}");
}

#[tokio::test]
async fn a_dump_holds_everything_or_fails_and_is_restored_with_its_policies() {
    let (store, _host, database) = lived_in().await;
    let programs = cicd_tests::postgres::binaries().unwrap();
    let dump = |url: String| Command::new(programs.join("pg_dump")).arg(url).output().unwrap();
    let refused = dump(host_url(&database));
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && told.contains("row-level security"), "{told}");
    let dumped = dump(database.url());
    assert!(dumped.status.success(), "{dumped:?}");

    let copy = Database::empty().await;
    let mut restore = Command::new(programs.join("psql"));
    restore.args(["-qv", "ON_ERROR_STOP=1", "-d", &copy.url()]).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut restore = restore.spawn().unwrap();
    restore.stdin.take().unwrap().write_all(&dumped.stdout).unwrap();
    assert!(restore.wait().unwrap().success());
    let (original, restored) = (database.pool().await, copy.pool().await);
    let verified = verify_schema(&restored).await.unwrap();
    assert_eq!(verified, verify_schema(&original).await.unwrap(), "policies, functions and all");
    let restored = PostgresStore::with_pool(host_pool(&copy).await).await.unwrap();
    assert_eq!(restored.tenants().await.unwrap(), store.tenants().await.unwrap());
    let head = restored.head(&tenant("acme"), Chain::Ledger).await.unwrap();
    assert_eq!(head, store.head(&tenant("acme"), Chain::Ledger).await.unwrap());
    restored.commit(put(&tenant("acme"), service("later"))).await.unwrap();
}

#[tokio::test]
async fn it_stands_on_the_roles_and_goes_as_it_came() {
    let database = migrated().await;
    let admin = database.pool().await;
    let in_force = async || {
        let found = optional_migrations(&admin).await.unwrap();
        (found.roles, found.row_security)
    };
    assert_eq!(in_force().await, (InForce::Off, InForce::Off));
    assert!(matches!(enable_row_security(&admin).await, Err(OpenError::RolesMissing)));
    disable_row_security(&admin).await.expect("what is off can be turned off");
    grant_roles(&admin).await.unwrap();
    let before = definitions(&admin).await;
    enable_row_security(&admin).await.unwrap();
    enable_row_security(&admin).await.expect("it may be repeated");
    grant_roles(&admin).await.expect("so may the roles");
    assert_eq!(in_force().await, (InForce::On, InForce::On));
    PostgresStore::with_pool(admin.clone())
        .await
        .unwrap()
        .commit(put(&tenant("acme"), service("a")))
        .await
        .unwrap();
    let verified = verify_schema(&admin).await.unwrap();
    assert_eq!(verified.differences, [], "it is no difference");
    assert!(rehearse(&admin).await.unwrap().passed());
    assert!(matches!(revoke_roles(&admin).await, Err(OpenError::RowsSecured)));
    assert!(matches!(migrate_down(&admin, 0).await, Err(OpenError::RowsSecured)));
    for (sql, told) in [
        (
            "ALTER TABLE cicd_release NO FORCE ROW LEVEL SECURITY",
            "table `cicd_release` has another definition",
        ),
        (
            "ALTER POLICY cicd_tenant ON cicd_lock USING (true)",
            "policy `cicd_tenant` of `cicd_lock` has another definition",
        ),
        ("DROP POLICY cicd_tenant ON cicd_freeze", "policy `cicd_tenant` of `cicd_freeze` is missing"),
    ] {
        sqlx::raw_sql(sql).execute(&admin).await.unwrap();
        let found: Vec<_> =
            verify_schema(&admin).await.unwrap().differences.iter().map(ToString::to_string).collect();
        assert!(found.iter().any(|line| line.starts_with(told)), "{sql}: {found:#?}");
    }
    assert_eq!(in_force().await, (InForce::On, InForce::Partly));
    disable_row_security(&admin).await.unwrap();
    assert_eq!(in_force().await, (InForce::On, InForce::Off));
    assert_eq!(definitions(&admin).await, before, "down restores what up found");
    assert_eq!(verify_schema(&admin).await.unwrap().differences, []);
    revoke_roles(&admin).await.unwrap();
    assert_eq!(in_force().await, (InForce::Off, InForce::Off));
}

/// What row-level security adds to: owners, rights, policies and functions.
const DEFINITIONS: &str = "
SELECT format('%s %s %s %s %s', relname, relowner, relacl, relrowsecurity, relforcerowsecurity) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relname LIKE 'cicd\\_%'
UNION ALL SELECT format('%s.%s %s', attrelid::regclass, attname, attacl) FROM pg_attribute WHERE attacl IS NOT NULL
UNION ALL SELECT format('%s %s', polrelid, polname) FROM pg_policy
UNION ALL SELECT format('%s %s %s %s %s', proname, proowner, prosecdef, proacl, proconfig) FROM pg_proc
WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT nspacl::text FROM pg_namespace WHERE nspname = 'public' ORDER BY 1";

async fn definitions(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar(DEFINITIONS).fetch_all(pool).await.unwrap()
}
