//! `/sources/{id}/deliveries`: what a source delivered, and what came of it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use cicd_core::engine::EngineError;
use cicd_core::id::{DeliveryId, SourceId};
use cicd_core::source::SourceDelivery;

use super::Routes;
use crate::api::Api;
use crate::dto::nothing;
use crate::extract::{Params, PathId, PathIds, Post, Who};
use crate::problem::{Kind, Problem};
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/sources/{id}/deliveries", list)
        .get("/sources/{id}/deliveries/{delivery}", show)
        .post("/sources/{id}/deliveries/{delivery}/redeliver", redeliver)
}

async fn list(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(source): PathId<SourceId>,
    mut params: Params,
) -> Result<Response, Problem> {
    let (after, limit) = params.page();
    params.finish()?;
    let page = match api.engine().deliveries(&caller, source, after.as_deref(), limit).await {
        Err(EngineError::Invalid(violations)) => {
            return Err(Problem::violations(Kind::MalformedQuery, &violations));
        }
        page => page?,
    };
    reply::records(page, |delivery: SourceDelivery| delivery)
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
