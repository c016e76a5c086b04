//! `/livez`, `/readyz`, and at `/` where the API is.

use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::{IntoResponse as _, Response};
use cicd_core::id::ExecutorName;
use serde::Serialize;
use tokio::time::timeout;

use super::Routes;
use crate::api::{Api, location};
use crate::limits::READY_TIME;
use crate::openapi::Operation;
use crate::problem::{Kind, Problem};
use crate::reply;
use crate::router::API;

const TEXT: &str = "text/plain; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";

/// That the host can answer, and with what it was set up.
#[derive(Serialize, utoipa::ToSchema)]
struct Readiness<'a> {
    #[schema(pattern = "^ready$")]
    status: &'static str,
    /// `dev` for a host with less protection than one for others, else `standard`.
    #[schema(pattern = "^(dev|standard)$")]
    mode: &'static str,
    executors: Executors<'a>,
}

/// The names under which the host registered its executors.
#[derive(Serialize, utoipa::ToSchema)]
struct Executors<'a> {
    ci: Vec<&'a ExecutorName>,
    deploy: Vec<&'a ExecutorName>,
}

pub(super) fn routes() -> Routes {
    Routes::of("Host")
        .get("/", root, || {
            Operation::new(
                "getRoot",
                "The pages for a browser, where the host has them; else where everything is, as text",
            )
            .files("The first page, or a few lines of text.", &[TEXT, HTML])
        })
        .get("/livez", live, || {
            Operation::new("getLiveness", "The process answers").bytes("It does.", TEXT, &[])
        })
        .get("/readyz", ready, || {
            Operation::new("getReadiness", "The store answers, and soon")
                .json::<Readiness<'_>>("It does.")
                .meets(&[Kind::Unavailable])
        })
}

async fn root(State(api): State<Api>, original: OriginalUri, uri: Uri, headers: HeaderMap) -> Response {
    if let Some(page) = api.pages().answer(&Method::GET, &original, &uri, &headers) {
        return page;
    }
    let at = |below: &str| location(&original, &uri, below).replacen("//", "/", 1);
    let text = format!(
        "cicd: release governance\n\nThe API is at {}, its pages at {}. What its problems mean is at {}.\nProbes: {}, {}.\n\
         The pages that people work in are in binaries with the feature `ui`, built after `cargo xtask pages`.\n",
        at(API),
        at(&format!("{API}/docs/")),
        at("/problems"),
        at("/livez"),
        at("/readyz"),
    );
    text.into_response()
}

/// The process answers.
async fn live() -> &'static str {
    "live\n"
}

/// The store answers too, and soon: one that is paused or cut off says nothing at all.
async fn ready(State(api): State<Api>) -> Result<Response, Problem> {
    let silent = |_| Problem::new(Kind::Unavailable, "the store does not answer");
    timeout(READY_TIME, api.engine().tenants()).await.map_err(silent)??;
    let (ci, deploy) = api.engine().executors();
    let executors = Executors { ci, deploy };
    let mode = if api.is_dev() { "dev" } else { "standard" };
    Ok(reply::json(&Readiness { status: "ready", mode, executors }))
}
