//! No list and no load reads a table from end to end, however long the history is.

use cicd_core::audit::Chain;
use cicd_core::digest::Digest;
use cicd_core::id::TenantId;
use cicd_core::page::Limit;
use cicd_core::port::{
    Born, EventQuery, ListQuery, Load, OperationKey, Order, Place, RecordKey, RecordKind, ReleaseFilter,
    RunFilter, Topic,
};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _};

use crate::{events, list, load, schema, standing};

const EXPLAIN: &str = "EXPLAIN QUERY PLAN SELECT ";

fn steps(rows: &[SqliteRow]) -> Vec<String> {
    rows.iter().map(|row| row.get("detail")).collect()
}

/// Asserts that every table is searched by an index, and that nothing is sorted.
fn assert_searches(what: &str, steps: &[String]) {
    let bad = |step: &&String| step.contains("SCAN cicd_") || step.contains("TEMP B-TREE");
    assert_eq!(steps.iter().find(bad), None, "{what}: {steps:#?}");
    assert!(steps.iter().any(|step| step.contains("USING")), "{what}: {steps:#?}");
}

async fn list_steps(
    connection: &mut SqliteConnection,
    query: &ListQuery,
    after: Option<&Place>,
) -> Vec<String> {
    let mut sql = list::statement(EXPLAIN, &acme(), query, after, Limit::default());
    steps(&sql.build().fetch_all(connection).await.unwrap())
}

fn acme() -> TenantId {
    "acme".parse().unwrap()
}

#[tokio::test]
async fn lists_search() {
    let mut connection = schema::fresh().await.unwrap();
    let (service, deployment) = (Some("shop".parse().unwrap()), Some("shop-eu".parse().unwrap()));
    let status = Some("failed".to_owned());
    let mut queries = vec![
        ListQuery::Services,
        ListQuery::Deployments { service: None },
        ListQuery::Deployments { service: service.clone() },
        ListQuery::Ledger { deployment: "shop-eu".parse().unwrap() },
        ListQuery::Revisions { kind: RecordKind::CdConfig, id: "shop-eu".to_owned() },
        ListQuery::Freezes,
        ListQuery::Locks,
        ListQuery::Grants,
        ListQuery::Tokens,
        ListQuery::PolicyFloors,
        ListQuery::Sources,
        ListQuery::Deliveries {
            source: cicd_core::id::SourceId::from_uuid(cicd_core::testing::builders::uuid(1)),
        },
        ListQuery::OldestDeliveries,
    ];
    for service in [None, service] {
        for status in [None, status.clone()] {
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
    let place = Place { number: 7, id: "x".to_owned() };
    for query in &queries {
        for after in [None, Some(&place)] {
            assert_searches(&format!("{query:?}"), &list_steps(&mut connection, query, after).await);
        }
    }
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

#[tokio::test]
async fn rare_states_are_found_by_their_own_indexes() {
    let mut connection = schema::fresh().await.unwrap();
    let (service, deployment) = (Some("shop".parse().unwrap()), Some("shop-eu".parse().unwrap()));
    let status = Some("failed".to_owned());
    for (query, index) in [
        (
            ListQuery::Releases(ReleaseFilter {
                service: service.clone(),
                status: status.clone(),
                ..ReleaseFilter::default()
            }),
            "cicd_release_by_service_status",
        ),
        (
            ListQuery::Releases(ReleaseFilter {
                service: service.clone(),
                deployment,
                status: status.clone(),
                ..ReleaseFilter::default()
            }),
            "cicd_release_by_deployment_status",
        ),
        (
            ListQuery::Releases(ReleaseFilter { status: status.clone(), ..ReleaseFilter::default() }),
            "cicd_release_by_status",
        ),
        (
            ListQuery::CiRuns(RunFilter { service, status, ..RunFilter::default() }),
            "cicd_ci_run_by_service_status",
        ),
    ] {
        let steps = list_steps(&mut connection, &query, None).await;
        assert!(steps.iter().any(|step| step.contains(&format!("{index} "))), "{query:?}: {steps:#?}");
    }
}

#[tokio::test]
async fn events_search() {
    let mut connection = schema::fresh().await.unwrap();
    let all = EventQuery { limit: 7, ..EventQuery::of(Chain::Ledger) };
    let id = cicd_core::testing::builders::uuid(1);
    for query in [
        all.clone(),
        EventQuery { order: Order::NewestFirst, after: Some(7), ..all.clone() },
        EventQuery { kind: Some("release.created".to_owned()), ..all.clone() },
        EventQuery { service: Some("shop".parse().unwrap()), ..all.clone() },
        EventQuery { deployment: Some("shop-eu".parse().unwrap()), after: Some(7), ..all.clone() },
        EventQuery { release: Some(cicd_core::id::ReleaseId::from_uuid(id)), ..all.clone() },
        EventQuery {
            run: Some(cicd_core::id::CiRunId::from_uuid(id)),
            order: Order::NewestFirst,
            ..all.clone()
        },
        EventQuery { actor: Some("ann".to_owned()), order: Order::NewestFirst, to: Some(3), ..all.clone() },
        EventQuery { about: topics(), order: Order::NewestFirst, after: Some(7), ..all.clone() },
    ] {
        let mut sql = events::statement(EXPLAIN, &acme(), &query);
        let steps = steps(&sql.build().fetch_all(&mut connection).await.unwrap());
        assert_searches(&format!("{query:?}"), &steps);
        if query.kind.is_some() || query.service.is_some() || query.run.is_some() {
            assert!(steps.iter().any(|step| step.contains("cicd_audit_event_by_")), "{query:?}: {steps:#?}");
        }
    }
}

fn topics() -> Vec<Topic> {
    vec![
        Topic::Service("shop".parse().unwrap()),
        Topic::Deployment("shop-eu".parse().unwrap()),
        Topic::Release(cicd_core::testing::builders::release_id(1)),
        Topic::Run(cicd_core::testing::builders::run_id(1)),
        Topic::Governance,
    ]
}

/// Each topic is found by an index of its own, the rare ones too.
#[tokio::test]
async fn topics_search() {
    let mut connection = schema::fresh().await.unwrap();
    let query = EventQuery { about: topics(), ..EventQuery::of(Chain::Ledger) };
    let mut sql = events::statement(EXPLAIN, &acme(), &query);
    let steps = steps(&sql.build().fetch_all(&mut connection).await.unwrap());
    for index in ["by_service", "by_deployment", "by_release", "by_run", "by_governance"] {
        let step = format!("cicd_audit_event_{index} ");
        assert!(steps.iter().any(|found| found.contains(&step)), "{index}: {steps:#?}");
    }
}

#[tokio::test]
async fn loads_search() {
    let mut connection = schema::fresh().await.unwrap();
    let operation = OperationKey {
        principal: "ann".parse().unwrap(),
        operation: "release.create".to_owned(),
        key: "once".to_owned(),
        fingerprint: Digest::ZERO,
    };
    let everything = Load {
        service: Some("shop".parse().unwrap()),
        deployment: Some("shop-eu".parse().unwrap()),
        release: Some(cicd_core::testing::builders::release_id(1)),
        run: Some(cicd_core::testing::builders::run_id(1)),
        record: Some(RecordKey::new(RecordKind::Grant, "x")),
        operation: Some(operation),
    };
    let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", load::statement(&everything)));
    let steps = steps(&sqlx::query(sql).fetch_all(&mut connection).await.unwrap());
    assert_searches("a load", &steps);
    for index in [
        "cicd_release_by_start",
        "cicd_release_by_deployment_status",
        "cicd_freeze_by_end",
        "cicd_lock_by_end",
        "cicd_ledger_entry_by_deployment",
    ] {
        assert!(steps.iter().any(|step| step.contains(&format!("{index} "))), "{index}: {steps:#?}");
    }
}

#[tokio::test]
async fn standings_search() {
    let mut connection = schema::fresh().await.unwrap();
    let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", standing::STATEMENT));
    let mut steps = steps(&sqlx::query(sql).fetch_all(&mut connection).await.unwrap());
    // What was asked for is itself read from end to end.
    steps.retain(|step| !step.starts_with("SCAN asked") && !step.starts_with("SCAN json_each"));
    assert_searches("standings", &steps);
    for index in [
        "cicd_release_by_start",
        "cicd_release_by_deployment_status",
        "cicd_lock_by_end",
        "cicd_ledger_entry_by_deployment",
    ] {
        assert!(steps.iter().any(|step| step.contains(&format!("{index} "))), "{index}: {steps:#?}");
    }
}

#[tokio::test]
async fn the_oracle_looks_once_at_every_row() {
    let mut connection = schema::fresh().await.unwrap();
    let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", crate::ORACLE));
    let steps = steps(&sqlx::query(sql).fetch_all(&mut connection).await.unwrap());
    for index in ["by_release", "by_run"] {
        let step = format!("SEARCH event USING INDEX cicd_audit_event_{index} ");
        assert!(steps.iter().any(|found| found.starts_with(&step)), "{index}: {steps:#?}");
    }
    let by_kind =
        |step: &&String| step.starts_with("SEARCH event") && step.contains("cicd_audit_event_by_kind");
    assert_eq!(steps.iter().find(by_kind), None, "all events of a kind for each row: {steps:#?}");
}
