//! `/releases/{id}/approve` and `/reject`: a person's vote on the content that they saw.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use cicd_core::engine::VoteDraft;
use cicd_core::id::ReleaseId;
use serde_json::Value;

use super::Routes;
use super::steering::moved;
use crate::api::Api;
use crate::dto::ReleaseView;
use crate::extract::{PathId, Post};
use crate::openapi::{Operation, example};
use crate::problem::{Kind, Problem};

pub(super) fn routes() -> Routes {
    Routes::of("Releases")
        .post("/releases/{id}/approve", approve, || {
            let operation =
                Operation::new("approveRelease", "Votes for a release; the same vote again changes nothing");
            voted(operation, &example::approval())
        })
        .post("/releases/{id}/reject", reject, || {
            let operation = Operation::new("rejectRelease", "Votes against a release, which is final");
            voted(operation, &example::rejection()).meets(&[Kind::CommentRequired])
        })
}

fn voted(operation: Operation, example: &Value) -> Operation {
    operation.takes::<VoteDraft>(example).changes::<ReleaseView>("The release with the vote.").meets(&[
        Kind::RequesterVote,
        Kind::NotEligible,
        Kind::NotPossible,
        Kind::OtherContent,
        Kind::Expired,
    ])
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
