//! `/releases/{id}/cancel`, `/pause`, `/resume`, `/promote` and `/abort`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use cicd_core::engine::{Outcome, Steer};
use cicd_core::id::ReleaseId;
use cicd_core::release::Release;

use super::Routes;
use crate::api::Api;
use crate::dto::{Abort, ReleaseView, nothing};
use crate::extract::{PathId, Post};
use crate::problem::Problem;
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::default()
        .post("/releases/{id}/cancel", cancel)
        .post("/releases/{id}/pause", pause)
        .post("/releases/{id}/resume", resume)
        .post("/releases/{id}/promote", promote)
        .post("/releases/{id}/abort", abort)
}

async fn cancel(
    State(api): State<Api>,
    PathId(id): PathId<ReleaseId>,
    post: Post,
) -> Result<Response, Problem> {
    post.draft(nothing)?;
    steer(&api, id, Steer::Cancel, &post).await
}

async fn pause(
    State(api): State<Api>,
    PathId(id): PathId<ReleaseId>,
    post: Post,
) -> Result<Response, Problem> {
    post.draft(nothing)?;
    steer(&api, id, Steer::Pause, &post).await
}

async fn resume(
    State(api): State<Api>,
    PathId(id): PathId<ReleaseId>,
    post: Post,
) -> Result<Response, Problem> {
    post.draft(nothing)?;
    steer(&api, id, Steer::Resume, &post).await
}

async fn promote(
    State(api): State<Api>,
    PathId(id): PathId<ReleaseId>,
    post: Post,
) -> Result<Response, Problem> {
    post.draft(nothing)?;
    steer(&api, id, Steer::Promote, &post).await
}

async fn abort(
    State(api): State<Api>,
    PathId(id): PathId<ReleaseId>,
    post: Post,
) -> Result<Response, Problem> {
    let Abort { reason } = post.draft(Abort::parse)?;
    steer(&api, id, Steer::Abort { reason }, &post).await
}

async fn steer(api: &Api, id: ReleaseId, steer: Steer, post: &Post) -> Result<Response, Problem> {
    let outcome = api.engine().steer(&post.caller, id, steer, &post.options).await?;
    Ok(moved(StatusCode::OK, &outcome))
}

/// The release as a command left it.
pub(super) fn moved(status: StatusCode, outcome: &Outcome<Release>) -> Response {
    reply::written(status, outcome, outcome.value.row_version, |release| ReleaseView::of(release.clone()))
}
