//! `/releases`: asking for one, trying again, going back, and looking at them.

use axum::extract::{OriginalUri, State};
use axum::http::Uri;
use axum::response::Response;
use cicd_core::engine::{Outcome, ReleaseDraft};
use cicd_core::id::{DeploymentId, ReleaseId, ServiceId};
use cicd_core::port::ListQuery;
use cicd_core::release::Release;

use super::Routes;
use crate::api::{Api, location};
use crate::dto::{Detail, ReleaseView, Retry, Rollback, Status};
use crate::extract::{Params, PathId, Post, Who};
use crate::problem::Problem;
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/releases", list)
        .post("/releases", create)
        .get("/releases/{id}", show)
        .post("/releases/{id}/retry", retry)
        .post("/releases/{id}/rollback", rollback)
}

async fn list(State(api): State<Api>, Who(caller): Who, mut params: Params) -> Result<Response, Problem> {
    let page = params.page();
    let service: Option<ServiceId> = params.take("service");
    let deployment: Option<DeploymentId> = params.take("deployment");
    let status: Option<Status> = params.take("status");
    params.finish()?;
    let status = status.map(|Status(name)| name.to_owned());
    let query = ListQuery::Releases { service, deployment, status };
    let page = api.list(&caller, &query, page).await?;
    reply::records(page, ReleaseView::of)
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
