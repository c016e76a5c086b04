//! `/releases/{id}/approvals` and `/explain`: the votes, those that are missing, and what each gate says.

use axum::extract::State;
use axum::response::Response;
use cicd_core::id::ReleaseId;

use super::Routes;
use crate::api::Api;
use crate::dto::Approvals;
use crate::extract::{Params, PathId, Who};
use crate::problem::Problem;
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::default().get("/releases/{id}/approvals", approvals).get("/releases/{id}/explain", explain)
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
