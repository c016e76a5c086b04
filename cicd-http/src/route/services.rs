//! `/services`: what is built and shipped.

use axum::extract::State;
use axum::response::Response;
use cicd_core::id::ServiceId;
use cicd_core::port::ListQuery;
use cicd_core::service::{Service, ServiceDraft};

use super::Routes;
use crate::api::Api;
use crate::extract::{Params, PathId, Put, Who};
use crate::openapi::{Operation, example};
use crate::problem::Problem;
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::of("Services")
        .get("/services", list, || {
            Operation::new("listServices", "What is built and shipped").page::<Service>()
        })
        .get("/services/{service}", show, || {
            Operation::new("getService", "A service").row::<Service>("The service.")
        })
        .put("/services/{service}", put, || {
            Operation::new("putService", "Registers or changes a service")
                .takes::<ServiceDraft>(&example::service())
                .puts::<Service>()
        })
}

async fn list(State(api): State<Api>, Who(caller): Who, mut params: Params) -> Result<Response, Problem> {
    let page = params.page();
    params.finish()?;
    let page = api.list(&caller, &ListQuery::Services, &page).await?;
    reply::records(page, |service: Service| service)
}

async fn show(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(id): PathId<ServiceId>,
    params: Params,
) -> Result<Response, Problem> {
    params.finish()?;
    let service = api.engine().service(&caller, &id).await?;
    Ok(reply::row(&service, service.row_version))
}

async fn put(State(api): State<Api>, PathId(id): PathId<ServiceId>, put: Put) -> Result<Response, Problem> {
    let draft = put.draft(ServiceDraft::parse)?;
    let outcome = api.engine().put_service(&put.caller, &id, &draft, &put.options).await?;
    Ok(reply::put(&outcome, outcome.value.row_version))
}
