//! `/attempts/{id}/report`: an executor's callback, by the token of that attempt and epoch.

use axum::extract::{Request, State};
use axum::response::Response;
use cicd_core::id::AttemptId;

use super::Routes;
use crate::api::Api;
use crate::authn::{Unauthenticated, bearer};
use crate::dto::{Report, Reported};
use crate::extract::{Params, PathId, draft};
use crate::problem::Problem;
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::default().post("/attempts/{id}/report", report)
}

/// Reports are numbered by the executor, so that a repeat changes nothing; an idempotency key would add nothing.
async fn report(
    State(api): State<Api>,
    PathId(attempt): PathId<AttemptId>,
    params: Params,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let token = bearer(&parts.headers)?.ok_or(Unauthenticated::Missing)?;
    params.finish()?;
    let Report { number, outcome } = draft(&parts.headers, body, Report::parse).await?;
    let release = api.engine().report(attempt, token, number, outcome.as_ref()).await?;
    Ok(reply::json(&Reported::from(&release)))
}
