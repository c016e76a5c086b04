//! `/services/{service}/timeline` and `/releases/{id}/timeline`: what happened, for people.

use axum::extract::State;
use axum::response::Response;
use cicd_core::audit::KindPattern;
use cicd_core::engine::{Answer, EngineError, Question, View};
use cicd_core::id::{Environment, ReleaseId, ServiceId};
use cicd_core::page::Page;
use cicd_core::time::Timestamp;
use cicd_core::timeline::{TimelineEntry, TimelineQuery, group};
use serde_json::{Value, json};

use super::Routes;
use crate::api::Api;
use crate::dto::TimelineItem;
use crate::extract::{Params, PathId, Seen, Who, sealed};
use crate::limits::ACTOR_CHARACTERS;
use crate::openapi::Operation;
use crate::problem::Problem;

/// The most kinds that one query names.
const KINDS: usize = 20;
const ORDERS: [&str; 2] = ["newest-first", "oldest-first"];

pub(super) fn routes() -> Routes {
    Routes::of("Timeline")
        .get("/services/{service}/timeline", of_service, || {
            let about = "CI runs, releases, votes, rollouts, rollbacks, changes of configs and deployments, and the freezes, \
                         locks and policy floors that touch one of the deployments. A page that filters looks at 10 000 \
                         events at most: it may be short or empty and still have a `next`.";
            described(Operation::new("getServiceTimeline", "What happened to a service").about(about), ORDERS[0])
        })
        .get("/releases/{id}/timeline", of_release, || {
            let about = "The CI run that built it, its votes and its rollout, the rollback that undid it or the release that \
                         it undid, and what changed for its deployment meanwhile.";
            described(Operation::new("getReleaseTimeline", "A release's story").about(about), ORDERS[1])
        })
}

fn described(operation: Operation, order: &str) -> Operation {
    let kinds = json!({ "type": "string", "pattern": "^[a-z_.]{1,100}(,[a-z_.]{1,100}){0,19}$" });
    let actor = json!({ "type": "string", "minLength": 1, "maxLength": ACTOR_CHARACTERS });
    let orders = json!({ "type": "string", "enum": ORDERS, "default": order });
    operation
        .query_of("kind", &kinds, "Only of these kinds, such as `release.approved`, or groups, such as `release`; divided by commas.")
        .query::<Environment>("environment", "Only what happened to deployments of this environment, or governs them.")
        .query_of("actor", &actor, "Only what this principal, attempt, source or part of the engine did.")
        .query::<Timestamp>("since", "Only from this time on.")
        .query::<Timestamp>("until", "Only before this time.")
        .query_of("order", &orders, "Which end comes first.")
        .query_of("group", &grouping(), "By release: entries of one release, or of one CI run, in a group where the first of them stood. A group that goes on in the next page comes there again.")
        .page::<TimelineItem>()
        .sees()
}

fn grouping() -> Value {
    json!({ "type": "string", "enum": ["none", "release"], "default": "none" })
}

/// Newest first, unless asked.
async fn of_service(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(service): PathId<ServiceId>,
    seen: Seen,
    params: Params,
) -> Result<Response, Problem> {
    let (query, view) = asked(params, ORDERS[0])?;
    api.page(&caller, &Question::ServiceTimeline { service, query }, &view, seen).await
}

/// Oldest first, unless asked.
async fn of_release(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(release): PathId<ReleaseId>,
    seen: Seen,
    params: Params,
) -> Result<Response, Problem> {
    let (query, view) = asked(params, ORDERS[1])?;
    api.page(&caller, &Question::ReleaseTimeline { release, query }, &view, seen).await
}

fn asked(mut params: Params, order: &'static str) -> Result<(TimelineQuery, View), Problem> {
    let paging = params.page();
    let query = TimelineQuery {
        kinds: params.several::<KindPattern>("kind", KINDS),
        environment: params.take("environment"),
        actor: params.text("actor", ACTOR_CHARACTERS),
        since: params.take("since"),
        until: params.take("until"),
        oldest_first: params.one_of("order", &ORDERS).unwrap_or(order) == ORDERS[1],
        after: None,
        limit: paging.limit,
    };
    let is_grouped = params.one_of("group", &["none", "release"]) == Some("release");
    params.finish()?;
    let after = paging.sequence()?;
    let (name, write): (_, fn(Answer, &str) -> _) =
        if is_grouped { ("groups", groups) } else { ("timeline", entries) };
    Ok((TimelineQuery { after, ..query }, View { name, of: paging.seal().to_owned(), write }))
}

/// Entries as they are sent to clients of the list with this seal.
fn entries(answer: Answer, seal: &str) -> Result<Vec<u8>, EngineError> {
    Ok(serde_json::to_vec(&timeline(answer, seal)?.map(TimelineItem::Entry))?)
}

/// The same entries by release.
fn groups(answer: Answer, seal: &str) -> Result<Vec<u8>, EngineError> {
    let Page { items, next } = timeline(answer, seal)?;
    let items: Vec<TimelineItem> = group(items).into_iter().map(TimelineItem::Group).collect();
    Ok(serde_json::to_vec(&Page { items, next })?)
}

fn timeline(answer: Answer, seal: &str) -> Result<Page<TimelineEntry>, EngineError> {
    match answer {
        Answer::Timeline(page) => Ok(sealed(page, seal)),
        Answer::Releases(_) => Err(EngineError::Internal { message: "releases are no timeline".to_owned() }),
    }
}
