//! `/overview`: what runs where, what waits, and what needs somebody.

use axum::extract::State;
use axum::response::Response;
use cicd_core::engine::{DeploymentGlance, OverviewQuery};
use cicd_core::id::{Environment, ServiceId};

use super::Routes;
use crate::api::{Api, readable};
use crate::extract::{Params, Who};
use crate::openapi::Operation;
use crate::problem::Problem;
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::of("Releases").get("/overview", show, || {
        let about = "A row for each deployment that the caller may read, by their ids, at most 50 a page. With an environment a page \
                     may be short or empty and still have a `next`.";
        Operation::new("getOverview", "What runs where, what waits, and what needs somebody")
            .about(about)
            .query::<ServiceId>("service", "Only deployments of this service.")
            .query::<Environment>("environment", "Only deployments of this environment.")
            .page::<DeploymentGlance>()
    })
}

async fn show(State(api): State<Api>, Who(caller): Who, mut params: Params) -> Result<Response, Problem> {
    let paging = params.page();
    let (service, environment) = (params.take("service"), params.take("environment"));
    params.finish()?;
    let query = OverviewQuery { service, environment };
    let page = api.engine().overview(&caller, &query, paging.after.as_deref(), paging.limit).await;
    Ok(reply::page(&paging.sealed(readable(page)?)))
}
