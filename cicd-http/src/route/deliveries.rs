//! `/sources/{id}/deliveries`: what a source delivered, and what came of it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use cicd_core::id::{DeliveryId, SourceId};
use cicd_core::source::{DeliveryOutcome, SourceDelivery};

use super::Routes;
use crate::api::{Api, readable};
use crate::dto::nothing;
use crate::extract::{Params, PathId, PathIds, Post, Who};
use crate::openapi::Operation;
use crate::problem::Problem;
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::of("Sources")
        .get("/sources/{id}/deliveries", list, || {
            Operation::new("listDeliveries", "What a source delivered, newest first")
                .about("With an outcome a page may be short or empty and still have a `next`.")
                .query::<DeliveryOutcome>("outcome", "Only deliveries of which a run came, or nothing.")
                .page::<SourceDelivery>()
        })
        .get("/sources/{id}/deliveries/{delivery}", show, || {
            Operation::new("getDelivery", "A delivery, and what came of it")
                .row::<SourceDelivery>("The delivery.")
        })
        .post("/sources/{id}/deliveries/{delivery}/redeliver", redeliver, || {
            Operation::new("redeliver", "Asks the trigger policy again for a delivery that is kept")
                .takes_nothing()
                .changes::<SourceDelivery>("The delivery with what came of it this time.")
        })
}

async fn list(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(source): PathId<SourceId>,
    mut params: Params,
) -> Result<Response, Problem> {
    let (paging, outcome) = (params.page(), params.take("outcome"));
    params.finish()?;
    let (engine, after) = (api.engine(), paging.after.as_deref());
    let page = readable(engine.deliveries(&caller, source, outcome, after, paging.limit).await)?;
    reply::records(paging.sealed(page), |delivery: SourceDelivery| delivery)
}

async fn show(
    State(api): State<Api>,
    Who(caller): Who,
    PathIds(source, delivery): PathIds<SourceId, DeliveryId>,
    params: Params,
) -> Result<Response, Problem> {
    params.finish()?;
    let delivery = api.engine().delivery(&caller, source, delivery).await?;
    Ok(reply::row(&delivery, delivery.row_version))
}

/// Asks the trigger policy again; what was delivered stays as it was.
async fn redeliver(
    State(api): State<Api>,
    PathIds(source, delivery): PathIds<SourceId, DeliveryId>,
    post: Post,
) -> Result<Response, Problem> {
    post.draft(nothing)?;
    let outcome = api.engine().redeliver(&post.caller, source, delivery, &post.options).await?;
    Ok(reply::written(StatusCode::OK, &outcome, outcome.value.row_version, Clone::clone))
}
