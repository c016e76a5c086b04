//! `/attempts/{id}/report`: an executor's callback, by the token of that attempt and epoch.

use axum::extract::{Request, State};
use axum::response::Response;
use cicd_core::id::AttemptId;

use super::Routes;
use crate::api::Api;
use crate::authn::{Unauthenticated, bearer};
use crate::dto::{Report, Reported};
use crate::extract::{Params, PathId, draft};
use crate::openapi::{Operation, example};
use crate::problem::{Kind, Problem};
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::of("Callbacks").post("/attempts/{id}/report", report, || {
        Operation::new("reportAttempt", "An executor says how its attempt goes")
            .about("Reports are numbered, so that a repeat changes nothing.")
            .with_credential("attempt")
            .takes::<Report>(&example::report())
            .json::<Reported>("The release as the report left it.")
            .meets(&[Kind::Unauthenticated, Kind::NotPossible, Kind::LeaseLost, Kind::Contended])
    })
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
