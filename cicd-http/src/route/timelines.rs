//! `/services/{service}/timeline` and `/releases/{id}/timeline`: what happened, for people.

use axum::extract::State;
use axum::response::Response;
use cicd_core::id::{ReleaseId, ServiceId};
use cicd_core::page::Page;
use cicd_core::timeline::TimelineEntry;
use serde_json::json;

use super::Routes;
use crate::api::Api;
use crate::extract::{Params, PathId, Who};
use crate::openapi::Operation;
use crate::problem::Problem;
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::of("Timeline")
        .get("/services/{service}/timeline", of_service, || {
            let cursor = json!({ "type": "integer", "minimum": 0 });
            Operation::new("getServiceTimeline", "What happened to a service, newest first")
                .page_after::<TimelineEntry>(&cursor)
        })
        .get("/releases/{id}/timeline", of_release, || {
            Operation::new("getReleaseTimeline", "A release's story, oldest first")
                .whole_list::<TimelineEntry>()
        })
}

/// Newest first.
async fn of_service(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(service): PathId<ServiceId>,
    mut params: Params,
) -> Result<Response, Problem> {
    let (before, limit) = (params.take("after"), params.limit());
    params.finish()?;
    Ok(reply::page(&api.engine().service_timeline(&caller, &service, before, limit).await?))
}

/// Oldest first, in one page: a release's story is short.
async fn of_release(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(id): PathId<ReleaseId>,
    params: Params,
) -> Result<Response, Problem> {
    params.finish()?;
    let items = api.engine().release_timeline(&caller, id).await?;
    Ok(reply::page(&Page { items, next: None }))
}
