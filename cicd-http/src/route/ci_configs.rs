//! `/services/{service}/ci-config`: how a service is built.

use axum::extract::State;
use axum::response::Response;
use cicd_core::ci::{CiConfig, CiSpec};
use cicd_core::id::ServiceId;

use super::Routes;
use crate::api::Api;
use crate::extract::{Delete, Params, PathId, Put, Who};
use crate::openapi::{Operation, example};
use crate::problem::Problem;
use crate::reply;

const PATH: &str = "/services/{service}/ci-config";

pub(super) fn routes() -> Routes {
    Routes::of("Services")
        .get(PATH, show, || {
            Operation::new("getCiConfig", "How a service is built").row::<CiConfig>("The config.")
        })
        .put(PATH, put, || {
            Operation::new("putCiConfig", "Says how a service is built")
                .takes::<CiSpec>(&example::ci_config())
                .puts::<CiConfig>()
        })
        .delete(PATH, delete, || {
            Operation::new("deleteCiConfig", "Takes a service's CI config away: it is built no more")
                .deletes()
        })
}

async fn show(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(service): PathId<ServiceId>,
    params: Params,
) -> Result<Response, Problem> {
    params.finish()?;
    let config = api.engine().ci_config(&caller, &service).await?;
    Ok(reply::row(&config, config.row_version))
}

async fn put(
    State(api): State<Api>,
    PathId(service): PathId<ServiceId>,
    put: Put,
) -> Result<Response, Problem> {
    let outcome = api.engine().put_ci_config(&put.caller, &service, put.body(), &put.options).await?;
    Ok(reply::put(&outcome, outcome.value.row_version))
}

async fn delete(
    State(api): State<Api>,
    PathId(service): PathId<ServiceId>,
    delete: Delete,
) -> Result<Response, Problem> {
    delete.params.finish()?;
    Ok(reply::gone(&api.engine().delete_ci_config(&delete.caller, &service, &delete.options).await?))
}
