//! `/releases`: asking for one, trying again, going back, and looking at them.

use axum::extract::{OriginalUri, State};
use axum::http::Uri;
use axum::response::Response;
use cicd_core::engine::{Answer, EngineError, Outcome, Question, ReleaseDraft, View};
use cicd_core::id::{DeploymentId, ReleaseId, ServiceId};
use cicd_core::page::Page;
use cicd_core::port::{ListQuery, RecordKey};
use cicd_core::release::Release;
use serde_json::json;

use super::Routes;
use crate::api::{Api, location};
use crate::dto::{Detail, ReleaseView, Retry, Rollback, STATUSES, Status};
use crate::extract::{Params, PathId, Post, Seen, Who};
use crate::openapi::{Operation, example};
use crate::problem::{Kind, Problem};
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::of("Releases")
        .get("/releases", list, || {
            Operation::new("listReleases", "Releases, newest first")
                .query::<ServiceId>("service", "Only releases of this service.")
                .query::<DeploymentId>("deployment", "Only releases to this deployment.")
                .query_of(
                    "status",
                    &json!({ "type": "string", "enum": STATUSES }),
                    "Only releases of this status.",
                )
                .page::<ReleaseView>()
                .sees()
        })
        .post("/releases", create, || {
            Operation::new("createRelease", "Asks for a release; its content is fixed from here on")
                .takes::<ReleaseDraft>(&example::release())
                .creates::<ReleaseView>("The release.")
                .meets(&[Kind::NotFound, Kind::QueueFull, Kind::Occupied])
        })
        .get("/releases/{id}", show, || {
            Operation::new("getRelease", "A release, and what a person needs to know next")
                .row::<Detail>("The release.")
        })
        .post("/releases/{id}/retry", retry, || {
            Operation::new("retryRelease", "Asks for a new release of the same artifact")
                .takes::<Retry>(&example::reason())
                .creates::<ReleaseView>("The new release.")
                .meets(&[Kind::NotPossible, Kind::QueueFull, Kind::Occupied])
        })
        .post("/releases/{id}/rollback", rollback, || {
            Operation::new("rollbackRelease", "Brings back what ran before a release")
                .takes::<Rollback>(&example::rollback())
                .creates::<ReleaseView>("The release that goes back.")
                .meets(&[Kind::NoRollback, Kind::NotPossible, Kind::QueueFull, Kind::Occupied])
        })
}

/// A list of releases as it is sent.
const RELEASES: View = View { name: "releases", write: written };

async fn list(
    State(api): State<Api>,
    Who(caller): Who,
    seen: Seen,
    mut params: Params,
) -> Result<Response, Problem> {
    let (after, limit) = params.page();
    let service: Option<ServiceId> = params.take("service");
    let deployment: Option<DeploymentId> = params.take("deployment");
    let status: Option<Status> = params.take("status");
    params.finish()?;
    let status = status.map(|Status(name)| name.to_owned());
    let query = ListQuery::Releases { service, deployment, status };
    api.page(&caller, &Question::List { query, after, limit }, RELEASES, seen).await
}

fn written(answer: Answer) -> Result<Vec<u8>, EngineError> {
    let other = |what: String| EngineError::Internal { message: format!("{what} is in a list of releases") };
    let Answer::Rows(Page { items, next }) = answer else { return Err(other("a timeline".to_owned())) };
    let release =
        |row| Release::try_from(row).map(ReleaseView::of).map_err(|key: RecordKey| other(key.to_string()));
    let items = items.into_iter().map(release).collect::<Result<Vec<_>, _>>()?;
    Ok(serde_json::to_vec(&Page { items, next })?)
}

async fn show(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(id): PathId<ReleaseId>,
    params: Params,
) -> Result<Response, Problem> {
    params.finish()?;
    let detail = api.engine().release(&caller, id).await?;
    let version = detail.release.row_version;
    Ok(reply::row(&Detail::from(detail), version))
}

async fn create(
    State(api): State<Api>,
    original: OriginalUri,
    uri: Uri,
    post: Post,
) -> Result<Response, Problem> {
    let draft = post.draft(ReleaseDraft::parse)?;
    let outcome = api.engine().create_release(&post.caller, &draft, &post.options).await?;
    Ok(created(&outcome, &original, &uri))
}

async fn retry(
    State(api): State<Api>,
    PathId(id): PathId<ReleaseId>,
    original: OriginalUri,
    uri: Uri,
    post: Post,
) -> Result<Response, Problem> {
    let Retry { reason } = post.draft(Retry::parse)?;
    let outcome = api.engine().retry_release(&post.caller, id, reason.as_deref(), &post.options).await?;
    Ok(created(&outcome, &original, &uri))
}

async fn rollback(
    State(api): State<Api>,
    PathId(id): PathId<ReleaseId>,
    original: OriginalUri,
    uri: Uri,
    post: Post,
) -> Result<Response, Problem> {
    let Rollback { reason, target } = post.draft(Rollback::parse)?;
    let outcome = api.engine().rollback_release(&post.caller, id, target, &reason, &post.options).await?;
    Ok(created(&outcome, &original, &uri))
}

fn created(outcome: &Outcome<Release>, original: &OriginalUri, uri: &Uri) -> Response {
    let place = location(original, uri, format_args!("/releases/{}", outcome.value.id()));
    reply::created(outcome, outcome.value.row_version, &place, |release| ReleaseView::of(release.clone()))
}
