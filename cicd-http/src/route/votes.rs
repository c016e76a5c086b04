//! `/releases/{id}/approve` and `/reject`: a person's vote on the content that they saw.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use cicd_core::engine::VoteDraft;
use cicd_core::id::ReleaseId;

use super::Routes;
use super::steering::moved;
use crate::api::Api;
use crate::extract::{PathId, Post};
use crate::problem::Problem;

pub(super) fn routes() -> Routes {
    Routes::default().post("/releases/{id}/approve", approve).post("/releases/{id}/reject", reject)
}

async fn approve(
    State(api): State<Api>,
    PathId(id): PathId<ReleaseId>,
    post: Post,
) -> Result<Response, Problem> {
    let vote = post.draft(VoteDraft::parse)?;
    let outcome = api.engine().approve(&post.caller, id, &vote, &post.options).await?;
    Ok(moved(StatusCode::OK, &outcome))
}

async fn reject(
    State(api): State<Api>,
    PathId(id): PathId<ReleaseId>,
    post: Post,
) -> Result<Response, Problem> {
    let vote = post.draft(VoteDraft::parse)?;
    let outcome = api.engine().reject(&post.caller, id, &vote, &post.options).await?;
    Ok(moved(StatusCode::OK, &outcome))
}
