//! `/audit-events`: the record for the law, in pages and one by one.

use std::str::FromStr;

use axum::extract::State;
use axum::response::Response;
use cicd_core::audit::{Chain, KindPattern, SubjectKind};
use cicd_core::engine::AuditQuery;
use cicd_core::id::{CiRunId, DeploymentId, ReleaseId, ServiceId};
use cicd_core::page::Page;
use cicd_core::port::{EventQuery, Order};
use cicd_core::time::Timestamp;
use serde_json::{Value, json};

use super::Routes;
use crate::api::Api;
use crate::dto::Event;
use crate::extract::{Params, PathId, Who};
use crate::limits::ACTOR_CHARACTERS;
use crate::openapi::Operation;
use crate::problem::Problem;
use crate::reply;

/// The place of an event in its chain.
#[derive(Clone, Copy, Debug)]
struct Sequence(u64);

impl FromStr for Sequence {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = (1..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|_| digits).map(Self);
        number.ok_or_else(|| {
            let text: String = text.chars().take(80).collect();
            format!("`{text}` is no place in a chain; accepted: a number such as `7`")
        })
    }
}

/// The most characters of the id of what an event is about.
const SUBJECT_CHARACTERS: usize = 500;
/// What a browser can count.
const LAST_SEQUENCE: u64 = (1 << 53) - 1;
const ORDERS: [&str; 2] = ["oldest-first", "newest-first"];
const CHAINS: [&str; 2] = ["ledger", "security"];
const SUBJECTS: [(&str, SubjectKind); 14] = [
    ("tenant", SubjectKind::Tenant),
    ("service", SubjectKind::Service),
    ("deployment", SubjectKind::Deployment),
    ("ci_config", SubjectKind::CiConfig),
    ("cd_config", SubjectKind::CdConfig),
    ("ci_run", SubjectKind::CiRun),
    ("release", SubjectKind::Release),
    ("ledger_entry", SubjectKind::LedgerEntry),
    ("policy_floor", SubjectKind::PolicyFloor),
    ("freeze", SubjectKind::Freeze),
    ("lock", SubjectKind::Lock),
    ("grant", SubjectKind::Grant),
    ("token", SubjectKind::Token),
    ("source", SubjectKind::Source),
];

pub(super) fn routes() -> Routes {
    Routes::of("Audit")
        .get("/audit-events", list, || {
            let orders = json!({ "type": "string", "enum": ORDERS, "default": ORDERS[0] });
            let about = "A page whose filters no index serves looks at 10 000 events at most: it may be short or empty and \
                         still have a `next`.";
            filtered(Operation::new("listAuditEvents", "The record for the law").about(about))
                .query_of("order", &orders, "Which end comes first.")
                .page::<Event>()
        })
        .get("/audit-events/{seq}", show, || {
            Operation::new("getAuditEvent", "One event, by its place in its chain")
                .query_of("chain", &chains(), "What changed, or what was denied.")
                .json::<Event>("The event.")
        })
}

pub(super) fn filtered(operation: Operation) -> Operation {
    let kind = json!({ "type": "string", "pattern": "^[a-z_.]{1,100}$" });
    let actor = json!({ "type": "string", "minLength": 1, "maxLength": ACTOR_CHARACTERS });
    let subject = json!({ "type": "string", "minLength": 1, "maxLength": SUBJECT_CHARACTERS });
    let subjects = json!({ "type": "string", "enum": SUBJECTS.map(|(name, _)| name) });
    operation
        .query_of("chain", &chains(), "What changed, or what was denied.")
        .query_of(
            "kind",
            &kind,
            "Only of this kind, such as `release.approved`, or group, such as `release`.",
        )
        .query_of("actor", &actor, "Only by this principal, attempt, source or part of the engine.")
        .query_of("subject_kind", &subjects, "Only about this kind of thing.")
        .query_of("subject", &subject, "Only about the thing with this id.")
        .query::<ServiceId>("service", "Only of this service.")
        .query::<DeploymentId>("deployment", "Only of this deployment.")
        .query::<ReleaseId>("release", "Only of this release.")
        .query::<CiRunId>("run", "Only of this CI run.")
        .query::<Timestamp>("since", "Only from this time on.")
        .query::<Timestamp>("until", "Only before this time.")
        .query_of("from", &sequence(), "Only from this sequence on.")
        .query_of("to", &sequence(), "Only up to this sequence and with it.")
}

fn sequence() -> Value {
    json!({ "type": "integer", "minimum": 0, "maximum": LAST_SEQUENCE })
}

fn chains() -> Value {
    json!({ "type": "string", "enum": CHAINS, "default": CHAINS[0] })
}

async fn list(State(api): State<Api>, Who(caller): Who, mut params: Params) -> Result<Response, Problem> {
    let paging = params.page();
    let mut query = filters(&mut params);
    if params.one_of("order", &ORDERS) == Some(ORDERS[1]) {
        query.events.order = Order::NewestFirst;
    }
    params.finish()?;
    query.events.after = paging.sequence()?;
    let page = api.engine().audit_events(&caller, &query, paging.limit.get()).await?;
    let items = page.items.iter().map(Event::try_from).collect::<Result<Vec<_>, _>>();
    let page = Page { items: items.map_err(Problem::internal)?, next: page.next };
    Ok(reply::page(&paging.sealed(page)))
}

async fn show(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(Sequence(seq)): PathId<Sequence>,
    mut params: Params,
) -> Result<Response, Problem> {
    let chain = chain(&mut params);
    params.finish()?;
    let event = api.engine().audit_event(&caller, chain, seq).await?;
    Ok(reply::json(&Event::try_from(&event).map_err(Problem::internal)?))
}

fn chain(params: &mut Params) -> Chain {
    match params.one_of("chain", &CHAINS) {
        Some("security") => Chain::Security,
        _ => Chain::Ledger,
    }
}

pub(super) fn filters(params: &mut Params) -> AuditQuery {
    let chain = chain(params);
    let events = EventQuery {
        actor: params.text("actor", ACTOR_CHARACTERS),
        service: params.take("service"),
        deployment: params.take("deployment"),
        release: params.take("release"),
        run: params.take("run"),
        ..EventQuery::of(chain)
    };
    let subject = params.one_of("subject_kind", &SUBJECTS.map(|(name, _)| name));
    let named = |asked: &str| SUBJECTS.iter().find(|(name, _)| *name == asked).map(|(_, kind)| *kind);
    AuditQuery {
        events,
        kind: params.take::<KindPattern>("kind"),
        subject_kind: subject.and_then(named),
        subject: params.text("subject", SUBJECT_CHARACTERS),
        since: params.take("since"),
        until: params.take("until"),
        from: params.number("from", 0..=LAST_SEQUENCE),
        to: params.number("to", 0..=LAST_SEQUENCE),
    }
}
