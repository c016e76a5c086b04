//! What a statement shows that forgot its tenant, with row-level security and without it.

use cicd_core::audit::Chain;
use cicd_core::page::Limit;
use cicd_core::port::{EventQuery, ListQuery, Store as _};
use cicd_core::testing::builders::{put, service, tenant};
use cicd_tests::postgres::Database;
use sqlx::{AssertSqlSafe, Row as _};

use super::*;
use crate::config::PostgresOptions;
use crate::store::PostgresStore;
use crate::{events, list, schema};

/// What every statement of the store says of the tenant.
const FILTER: &str = "tenant = $1";

/// A database on which two tenants have a service each.
async fn lived_in() -> (Database, PgPool) {
    let database = Database::empty().await;
    let admin = database.pool().await;
    schema::migrate(&admin).await.unwrap();
    let store = PostgresStore::with_pool(admin.clone()).await.unwrap();
    for name in ["acme", "globex"] {
        store.commit(put(&tenant(name), service(&format!("of-{name}")))).await.unwrap();
    }
    (database, admin)
}

/// Whose services and events the store's own statements show once their filter is gone.
async fn shown(sessions: &Sessions, to: &str) -> Vec<String> {
    let (acme, all) = (tenant(to), EventQuery::of(Chain::Ledger));
    let listed = list::statement("SELECT tenant, ", &acme, &ListQuery::Services, None, Limit::default());
    let told = events::statement("SELECT tenant, ", &acme, &all);
    let (listed, told) = (listed.sql().as_ref().to_owned(), told.sql().as_ref().to_owned());
    assert!(listed.contains(FILTER) && told.contains(FILTER), "{listed}\n{told}");
    let forgot = |sql: String| AssertSqlSafe(sql.replace(FILTER, "$1 <> ''"));
    let listed = sqlx::query(forgot(listed)).bind(to).bind(10_i64);
    let told = sqlx::query(forgot(told)).bind(to).bind(Chain::Ledger.as_str()).bind(10_i64);
    let mut rows = sessions.fetch_all(Some(&acme), listed).await.unwrap();
    rows.extend(sessions.fetch_all(Some(&acme), told).await.unwrap());
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn a_statement_that_forgot_its_tenant_shows_nothing_foreign() {
    let (database, admin) = lived_in().await;
    let open = Sessions { pool: admin.clone(), are_secured: false };
    let mut everything = shown(&open, "acme").await;
    everything.sort();
    assert_eq!(everything, ["acme", "acme", "globex", "globex"], "without row-level security it shows all");

    schema::grant_roles(&admin).await.unwrap();
    schema::enable_row_security(&admin).await.unwrap();
    let login = format!("CREATE ROLE {}_host LOGIN IN ROLE cicd_app, cicd_worker", database.name());
    sqlx::raw_sql(AssertSqlSafe(login)).execute(&admin).await.unwrap();
    let url = database.url().replacen("postgres@", &format!("{}_host@", database.name()), 1);
    let pool = PostgresOptions::default().pool(&url).await.unwrap();
    let are_secured = are_secured(&mut pool.acquire().await.unwrap()).await.unwrap();
    let secured = Sessions { pool, are_secured };
    for name in ["acme", "globex"] {
        assert_eq!(shown(&secured, name).await, [name, name]);
    }
    assert_eq!(shown(&secured, "initech").await, [] as [&str; 0]);
}
