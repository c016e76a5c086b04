//! `/services/{service}/timeline` and `/releases/{id}/timeline`: what happened, for people.

use axum::extract::State;
use axum::response::Response;
use cicd_core::engine::{Answer, EngineError, Question, View};
use cicd_core::id::{ReleaseId, ServiceId};
use cicd_core::timeline::TimelineEntry;
use serde_json::json;

use super::Routes;
use crate::api::Api;
use crate::extract::{Params, PathId, Seen, Who};
use crate::openapi::Operation;
use crate::problem::Problem;

/// A timeline as it is sent.
const TIMELINE: View = View { name: "timeline", write: written };

pub(super) fn routes() -> Routes {
    Routes::of("Timeline")
        .get("/services/{service}/timeline", of_service, || {
            let cursor = json!({ "type": "integer", "minimum": 0 });
            Operation::new("getServiceTimeline", "What happened to a service, newest first")
                .page_after::<TimelineEntry>(&cursor)
                .sees()
        })
        .get("/releases/{id}/timeline", of_release, || {
            Operation::new("getReleaseTimeline", "A release's story, oldest first")
                .whole_list::<TimelineEntry>()
                .sees()
        })
}

/// Newest first.
async fn of_service(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(service): PathId<ServiceId>,
    seen: Seen,
    mut params: Params,
) -> Result<Response, Problem> {
    let (before, limit) = (params.take("after"), params.limit());
    params.finish()?;
    api.page(&caller, &Question::ServiceTimeline { service, before, limit }, TIMELINE, seen).await
}

/// Oldest first, in one page: a release's story is short.
async fn of_release(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(release): PathId<ReleaseId>,
    seen: Seen,
    params: Params,
) -> Result<Response, Problem> {
    params.finish()?;
    api.page(&caller, &Question::ReleaseTimeline { release }, TIMELINE, seen).await
}

fn written(answer: Answer) -> Result<Vec<u8>, EngineError> {
    match answer {
        Answer::Timeline(page) => Ok(serde_json::to_vec(&page)?),
        Answer::Rows(_) => Err(EngineError::Internal { message: "rows are no timeline".to_owned() }),
    }
}
