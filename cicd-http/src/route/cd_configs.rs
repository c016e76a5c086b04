//! `/deployments/{deployment}/cd-config`: how a deployment takes releases.

use axum::extract::State;
use axum::response::Response;
use cicd_core::cd::{CdConfig, CdSpec};
use cicd_core::id::DeploymentId;

use super::Routes;
use crate::api::Api;
use crate::extract::{Delete, Params, PathId, Put, Who};
use crate::openapi::{Operation, example};
use crate::problem::Problem;
use crate::reply;

const PATH: &str = "/deployments/{deployment}/cd-config";

pub(super) fn routes() -> Routes {
    Routes::of("Deployments")
        .get(PATH, show, || {
            Operation::new("getCdConfig", "How a deployment takes releases").row::<CdConfig>("The config.")
        })
        .put(PATH, put, || {
            Operation::new("putCdConfig", "Says how a deployment takes releases")
                .takes::<CdSpec>(&example::cd_config())
                .puts::<CdConfig>()
        })
        .delete(PATH, delete, || {
            Operation::new(
                "deleteCdConfig",
                "Takes a deployment's CD config away: it gets no release any more",
            )
            .deletes()
        })
}

async fn show(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(deployment): PathId<DeploymentId>,
    params: Params,
) -> Result<Response, Problem> {
    params.finish()?;
    let config = api.engine().cd_config(&caller, &deployment).await?;
    Ok(reply::row(&config, config.row_version))
}

async fn put(
    State(api): State<Api>,
    PathId(deployment): PathId<DeploymentId>,
    put: Put,
) -> Result<Response, Problem> {
    let outcome = api.engine().put_cd_config(&put.caller, &deployment, put.body(), &put.options).await?;
    Ok(reply::put(&outcome, outcome.value.row_version))
}

async fn delete(
    State(api): State<Api>,
    PathId(deployment): PathId<DeploymentId>,
    delete: Delete,
) -> Result<Response, Problem> {
    delete.params.finish()?;
    Ok(reply::gone(&api.engine().delete_cd_config(&delete.caller, &deployment, &delete.options).await?))
}
