//! `/deployments`: where services run.

use axum::extract::State;
use axum::response::Response;
use cicd_core::id::{DeploymentId, ServiceId};
use cicd_core::port::ListQuery;
use cicd_core::service::{Deployment, DeploymentSpec};

use super::Routes;
use crate::api::Api;
use crate::extract::{Delete, Params, PathId, Put, Who};
use crate::openapi::{Operation, example};
use crate::problem::Problem;
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::of("Deployments")
        .get("/deployments", list, || {
            Operation::new("listDeployments", "Where services run")
                .query::<ServiceId>("service", "Only deployments of this service.")
                .page::<Deployment>()
        })
        .get("/deployments/{deployment}", show, || {
            Operation::new("getDeployment", "A deployment").row::<Deployment>("The deployment.")
        })
        .put("/deployments/{deployment}", put, || {
            Operation::new("putDeployment", "Registers or changes a deployment: tier, executor and target")
                .takes::<DeploymentSpec>(&example::deployment())
                .puts::<Deployment>()
        })
        .delete("/deployments/{deployment}/hold", lift_hold, || {
            Operation::new("liftHold", "Lets releases start again on a deployment that is held")
                .about("The version is the deployment's.")
                .reason("Why the hold is lifted.")
                .changes::<Deployment>("The deployment, which is free.")
        })
}

async fn list(State(api): State<Api>, Who(caller): Who, mut params: Params) -> Result<Response, Problem> {
    let page = params.page();
    let service: Option<ServiceId> = params.take("service");
    params.finish()?;
    let query = ListQuery::Deployments { service };
    let page = api.list(&caller, &query, &page).await?;
    reply::records(page, |deployment: Deployment| deployment)
}

async fn show(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(id): PathId<DeploymentId>,
    params: Params,
) -> Result<Response, Problem> {
    params.finish()?;
    let deployment = api.engine().deployment(&caller, &id).await?;
    Ok(reply::row(&deployment, deployment.row_version))
}

async fn put(
    State(api): State<Api>,
    PathId(id): PathId<DeploymentId>,
    put: Put,
) -> Result<Response, Problem> {
    let spec = put.draft(DeploymentSpec::parse)?;
    let outcome = api.engine().put_deployment(&put.caller, &id, &spec, &put.options).await?;
    Ok(reply::put(&outcome, outcome.value.row_version))
}

/// `DELETE …/hold?reason=…` lifts the hold. The version is the deployment's.
async fn lift_hold(
    State(api): State<Api>,
    PathId(id): PathId<DeploymentId>,
    mut delete: Delete,
) -> Result<Response, Problem> {
    let reason = delete.reason("why the hold is lifted");
    delete.params.finish()?;
    let outcome = api.engine().lift_hold(&delete.caller, &id, &reason, &delete.options).await?;
    Ok(reply::written(axum::http::StatusCode::OK, &outcome, outcome.value.row_version, Clone::clone))
}
