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
use crate::openapi::{Operation, example};
use crate::problem::{Kind, Problem};
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::of("Releases")
        .post("/releases/{id}/cancel", cancel, || {
            steered(
                Operation::new("cancelRelease", "Withdraws a release that has not started").takes_nothing(),
            )
        })
        .post("/releases/{id}/pause", pause, || {
            steered(Operation::new("pauseRelease", "Pauses a rollout before its next step").takes_nothing())
        })
        .post("/releases/{id}/resume", resume, || {
            steered(Operation::new("resumeRelease", "Ends a rollout's wait").takes_nothing())
        })
        .post("/releases/{id}/promote", promote, || {
            let operation = Operation::new("promoteRelease", "Goes straight to the promotion");
            steered(operation.takes_nothing()).meets(&[Kind::NothingToPromote])
        })
        .post("/releases/{id}/abort", abort, || {
            steered(Operation::new("abortRelease", "Stops a rollout").takes::<Abort>(&example::reason()))
        })
}

fn steered(operation: Operation) -> Operation {
    operation.changes::<ReleaseView>("The release as the command left it.").meets(&[Kind::NotPossible])
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
