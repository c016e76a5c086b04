//! No list and no load reads a table from end to end, however long the history is: asked of the server's own planner, with
//! 100 000 rows in every table.

use cicd_core::audit::Chain;
use cicd_core::digest::Digest;
use cicd_core::id::TenantId;
use cicd_core::page::Limit;
use cicd_core::port::{
    Born, EventQuery, ListQuery, Load, OperationKey, Order, Place, RecordKey, RecordKind, ReleaseFilter,
    RunFilter, Topic,
};
use cicd_core::testing::builders::{release_id, run_id, uuid};
use cicd_tests::postgres::Database;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};

use crate::{events, list, load, schema, sessions, standing};

/// A table, what fills it beside tenant, id, version and birth, and its values for row `n`.
const FILLED: [(&str, &str, &str); 16] = [
    ("service", "", ""),
    ("deployment", ", body", ", json_build_object('spec', json_build_object('service', 's-' || n % 1000))"),
    ("ci_config", "", ""),
    ("cd_config", "", ""),
    ("ci_run", ", body", ", json_build_object('service', 's-' || n % 1000, 'trigger', json_build_object('git_ref', json_build_object('name', 'r-' || n % 5000), 'commit', 'c-' || n), 'status', CASE n % 50 WHEN 0 THEN 'failed' ELSE 'succeeded' END)"),
    (
        "release",
        ", started, body",
        ", n, json_build_object('service', 's-' || n % 1000, 'requester', 'p-' || n % 500,
            'content', json_build_object('deployment', 'd-' || n % 2000, 'artifact', json_build_object('digest', 'a-' || n)),
            'state', json_build_object('status', CASE n % 50 WHEN 0 THEN 'failed' WHEN 1 THEN 'approved' ELSE 'succeeded' END))",
    ),
    ("queue", "", ""),
    ("ledger_entry", ", body", ", json_build_object('deployment', 'd-' || n % 2000)"),
    ("policy_floor", "", ""),
    ("freeze", ", body", ", json_build_object('until', cicd_timestamp(n))"),
    ("lock", ", body", ", json_build_object('deployment', 'd-' || n % 2000, 'expires_at', cicd_timestamp(n))"),
    ("grant", "", ""),
    ("token", ", body", ", json_build_object('hash', 'h-' || n)"),
    ("source", "", ""),
    ("source_delivery", ", body", ", json_build_object('source', 'f-' || n % 1000)"),
    ("delivery_mark", "", ""),
];

/// The statistics are those that `REST` asks for, of every row: a plan must not depend on which rows a sample met.
const LEFT_ALONE: &str = "
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND relname LIKE 'cicd\\_%' LOOP
        EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', name);
    END LOOP;
END $$;
SET session_replication_role = replica;";

const REST: &str = "
INSERT INTO cicd_revision (tenant, kind, id, revision, body)
    SELECT 'acme', 'cd_config', 'd-' || n % 2000, 1 + n / 2000, '{}' FROM generate_series(0, 99999) AS n;
INSERT INTO cicd_work (tenant, kind, id, due_at) SELECT 'acme', 'release', n, n FROM generate_series(1, 100000) AS n;
INSERT INTO cicd_outcome (tenant, principal, operation, key, at, fingerprint, about_kind, about_id, body, seq)
    SELECT 'acme', 'ann', 'x', n, n, '', '', '', '', n FROM generate_series(1, 100000) AS n;
INSERT INTO cicd_audit_event (tenant, chain, seq, at, bytes, previous, hash)
    SELECT 'acme', 'ledger', n, n, json_build_object('kind', 'k-' || n % 40, 'actor', json_build_object('id', 'p-' || n % 500), 'subject', json_build_object('service',
        's-' || n % 1000, 'deployment', 'd-' || n % 2000, 'release', 'r-' || n % 9000, 'run', 'c-' || n % 9000)),
        decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex') FROM generate_series(1, 100000) AS n;
INSERT INTO cicd_chain_head (tenant, chain, seq, hash, at)
    SELECT 'tenant-' || n, 'ledger', 1, decode(repeat('00', 32), 'hex'), 0 FROM generate_series(1, 100000) AS n;
SET default_statistics_target = 1000;
ANALYZE;
SET plan_cache_mode = force_generic_plan";

/// A long history, put there past the triggers.
async fn filled() -> (PgConnection, Database) {
    let database = Database::empty().await;
    schema::migrate(&database.pool().await).await.unwrap();
    let mut connection = PgConnection::connect(&database.url()).await.unwrap();
    let mut sql = LEFT_ALONE.to_owned();
    for (table, columns, values) in FILLED {
        let (columns, values) =
            if columns.is_empty() { (", body", ", '{}'::json") } else { (columns, values) };
        // A load brings all grants of its tenant: where they are all that the table holds, reading all of it is right.
        let tenant = if table == "grant" { "'t-' || n % 1000" } else { "'acme'" };
        sql.push_str(&format!(
            "INSERT INTO cicd_{table} (tenant, id, row_version, born{columns})
             SELECT {tenant}, n, 1, n{values} FROM generate_series(1, 100000) AS n;"
        ));
    }
    sql.push_str(REST);
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    (connection, database)
}

/// The plan that the server keeps for a statement whose values it does not know.
async fn plan(connection: &mut PgConnection, sql: &str) -> String {
    let parameters = (1..=99).rev().find(|number| sql.contains(&format!("${number}"))).unwrap_or(0);
    let values =
        if parameters == 0 { String::new() } else { format!("({})", vec!["NULL"; parameters].join(", ")) };
    let prepare = format!("PREPARE kept AS {sql}");
    sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut *connection).await.unwrap();
    let explain = AssertSqlSafe(format!("EXPLAIN EXECUTE kept {values}"));
    let lines: Vec<String> =
        sqlx::query_scalar(explain).persistent(false).fetch_all(&mut *connection).await.unwrap();
    sqlx::raw_sql("DEALLOCATE kept").execute(connection).await.unwrap();
    lines.join("\n")
}

fn assert_searches(what: &str, plan: &str) {
    println!("{what}\n{plan}\n");
    assert!(!plan.contains("Seq Scan on cicd_"), "{what}:\n{plan}");
    assert!(plan.contains("Index"), "{what}:\n{plan}");
}

fn acme() -> TenantId {
    "acme".parse().unwrap()
}

fn lists() -> Vec<ListQuery> {
    let (service, deployment) = (Some("s-1".parse().unwrap()), Some("d-1".parse().unwrap()));
    let mut queries = vec![
        ListQuery::Services,
        ListQuery::Deployments { service: None },
        ListQuery::Deployments { service: service.clone() },
        ListQuery::Ledger { deployment: "d-1".parse().unwrap() },
        ListQuery::Revisions { kind: RecordKind::CdConfig, id: "d-1".to_owned() },
        ListQuery::Freezes,
        ListQuery::Locks,
        ListQuery::Grants,
        ListQuery::Tokens,
        ListQuery::PolicyFloors,
        ListQuery::Sources,
        ListQuery::Deliveries { source: cicd_core::id::SourceId::from_uuid(uuid(1)) },
        ListQuery::OldestDeliveries,
    ];
    for service in [None, service] {
        for status in [None, Some("failed".to_owned())] {
            queries.push(ListQuery::CiRuns(RunFilter {
                service: service.clone(),
                status: status.clone(),
                ..RunFilter::default()
            }));
            for deployment in [None, deployment.clone()] {
                let (service, status) = (service.clone(), status.clone());
                queries.push(ListQuery::Releases(ReleaseFilter {
                    service,
                    deployment,
                    status,
                    ..ReleaseFilter::default()
                }));
            }
        }
    }
    queries.extend(narrowed_lists());
    queries
}

/// By what lists of releases and runs are narrowed beside service, deployment and status.
fn narrowed_lists() -> Vec<ListQuery> {
    let born = Born { from: Some(3), to: Some(9), oldest_first: true };
    let release = ReleaseFilter::default;
    let run = RunFilter::default;
    vec![
        ListQuery::Releases(ReleaseFilter { born, ..release() }),
        ListQuery::Releases(ReleaseFilter { requester: Some("p-1".parse().unwrap()), ..release() }),
        ListQuery::Releases(ReleaseFilter { artifact: Some(Digest::ZERO), ..release() }),
        ListQuery::CiRuns(RunFilter { born, ..run() }),
        ListQuery::CiRuns(RunFilter { commit: Some("a".repeat(40).parse().unwrap()), ..run() }),
        ListQuery::CiRuns(RunFilter {
            service: Some("s-1".parse().unwrap()),
            git_ref: Some("r-1".parse().unwrap()),
            ..run()
        }),
    ]
}

fn event_queries() -> Vec<EventQuery> {
    let all = EventQuery { limit: 7, ..EventQuery::of(Chain::Ledger) };
    vec![
        all.clone(),
        EventQuery { order: Order::NewestFirst, after: Some(7), ..all.clone() },
        EventQuery { kind: Some("k-1".to_owned()), ..all.clone() },
        EventQuery { service: Some("s-1".parse().unwrap()), ..all.clone() },
        EventQuery { deployment: Some("d-1".parse().unwrap()), after: Some(7), ..all.clone() },
        EventQuery { release: Some(release_id(1)), ..all.clone() },
        EventQuery {
            run: Some(cicd_core::id::CiRunId::from_uuid(uuid(1))),
            order: Order::NewestFirst,
            ..all.clone()
        },
        EventQuery { actor: Some("p-1".to_owned()), order: Order::NewestFirst, to: Some(3), ..all.clone() },
        EventQuery {
            about: vec![
                Topic::Service("s-1".parse().unwrap()),
                Topic::Deployment("d-1".parse().unwrap()),
                Topic::Release(release_id(1)),
                Topic::Run(run_id(1)),
                Topic::Governance,
            ],
            order: Order::NewestFirst,
            after: Some(7),
            ..all
        },
    ]
}

fn everything() -> Load {
    let operation = OperationKey {
        principal: "ann".parse().unwrap(),
        operation: "release.create".to_owned(),
        key: "once".to_owned(),
        fingerprint: Digest::ZERO,
    };
    Load {
        service: Some("s-1".parse().unwrap()),
        deployment: Some("d-1".parse().unwrap()),
        release: Some(release_id(1)),
        run: Some(run_id(1)),
        record: Some(RecordKey::new(RecordKind::Grant, "x")),
        operation: Some(operation),
    }
}

#[tokio::test]
async fn nothing_reads_a_table_from_end_to_end() {
    let (mut connection, database) = filled().await;
    every_plan_searches(&mut connection).await;
    let seen = plan(&mut connection, "SELECT FROM cicd_release WHERE body::text LIKE '%x%'").await;
    assert!(seen.contains("Seq Scan on cicd_"), "what this test looks for is found:\n{seen}");
    let mut host = secured(&database, &mut connection).await;
    every_plan_searches(&mut host).await;
    let seen = plan(&mut host, "SELECT FROM cicd_service").await;
    assert!(seen.contains("cicd.tenant"), "the policies are part of the plans:\n{seen}");
}

/// Turns row-level security on; gives a host's connection, which names a tenant.
async fn secured(database: &Database, admin: &mut PgConnection) -> PgConnection {
    let pool = database.pool().await;
    schema::grant_roles(&pool).await.unwrap();
    schema::enable_row_security(&pool).await.unwrap();
    let login = format!("CREATE ROLE {}_plans LOGIN IN ROLE cicd_app, cicd_worker", database.name());
    sqlx::raw_sql(AssertSqlSafe(login)).execute(admin).await.unwrap();
    let url = database.url().replacen("postgres@", &format!("{}_plans@", database.name()), 1);
    let mut host = PgConnection::connect(&url).await.unwrap();
    sqlx::raw_sql("SET plan_cache_mode = force_generic_plan").execute(&mut host).await.unwrap();
    sessions::enter(&mut host, "acme").await.unwrap();
    host
}

async fn every_plan_searches(connection: &mut PgConnection) {
    let place = Place { number: 7, id: "x".to_owned() };
    for query in lists() {
        for after in [None, Some(&place)] {
            let sql = list::statement("SELECT ", &acme(), &query, after, Limit::default());
            let plan = plan(connection, sql.sql().as_ref()).await;
            assert_searches(&format!("{query:?}"), &plan);
            assert!(!plan.contains("Sort"), "{query:?}: rows come in the order of an index\n{plan}");
        }
    }
    for query in event_queries() {
        let sql = events::statement("SELECT ", &acme(), &query);
        assert_searches(&format!("{query:?}"), &plan(connection, sql.sql().as_ref()).await);
    }
    assert_searches("a load", &plan(connection, &load::statement(&everything())).await);
    assert_searches("standings", &plan(connection, standing::STATEMENT).await);
}
