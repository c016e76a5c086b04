//! `/releases/{id}/approvals` and `/explain`: the votes, those that are missing, and what each gate says.

use axum::extract::State;
use axum::response::Response;
use cicd_core::engine::Explanation;
use cicd_core::id::ReleaseId;

use super::Routes;
use crate::api::Api;
use crate::dto::Approvals;
use crate::extract::{Params, PathId, Who};
use crate::openapi::Operation;
use crate::problem::Problem;
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::of("Releases")
        .get("/releases/{id}/approvals", approvals, || {
            Operation::new("getApprovals", "The votes on a release, and those that it lacks")
                .json::<Approvals>("The votes.")
        })
        .get("/releases/{id}/explain", explain, || {
            Operation::new("explainRelease", "What each gate says of a release, and who or what can open it")
                .json::<Explanation>("The gates, as they are now.")
        })
}

async fn approvals(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(id): PathId<ReleaseId>,
    params: Params,
) -> Result<Response, Problem> {
    params.finish()?;
    Ok(reply::json(&Approvals::from(api.engine().release(&caller, id).await?)))
}

async fn explain(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(id): PathId<ReleaseId>,
    params: Params,
) -> Result<Response, Problem> {
    params.finish()?;
    Ok(reply::json(&api.engine().explain(&caller, id).await?))
}
