//! `/policies/{tier}`: the floor that no CD config of a tier can undercut.

use axum::extract::State;
use axum::response::Response;
use cicd_core::cd::{FloorDraft, PolicyFloor};
use cicd_core::service::Tier;

use super::Routes;
use crate::api::Api;
use crate::extract::{Params, PathId, Put, Who};
use crate::openapi::{Operation, example};
use crate::problem::Problem;
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::of("Governance")
        .get("/policies/{tier}", show, || {
            Operation::new("getPolicy", "What no CD config of a tier can undercut")
                .row::<PolicyFloor>("The floor.")
        })
        .put("/policies/{tier}", put, || {
            Operation::new("putPolicy", "Says what no CD config of a tier can undercut")
                .takes::<FloorDraft>(&example::policy())
                .puts::<PolicyFloor>()
        })
}

async fn show(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(tier): PathId<Tier>,
    params: Params,
) -> Result<Response, Problem> {
    params.finish()?;
    let floor = api.engine().floor(&caller, tier).await?;
    Ok(reply::row(&floor, floor.row_version))
}

async fn put(State(api): State<Api>, PathId(tier): PathId<Tier>, put: Put) -> Result<Response, Problem> {
    let draft = put.draft(FloorDraft::parse)?;
    let outcome = api.engine().put_floor(&put.caller, tier, &draft, &put.options).await?;
    Ok(reply::put(&outcome, outcome.value.row_version))
}
