//! `/livez`, `/readyz`, and at `/` where the API is.

use axum::extract::{OriginalUri, State};
use axum::http::Uri;
use axum::response::Response;
use serde_json::json;
use tokio::time::timeout;

use super::Routes;
use crate::api::{Api, location};
use crate::limits::READY_TIME;
use crate::problem::{Kind, Problem};
use crate::reply;
use crate::router::API;

pub(super) fn routes() -> Routes {
    Routes::default().get("/", root).get("/livez", live).get("/readyz", ready)
}

async fn root(original: OriginalUri, uri: Uri) -> String {
    let at = |below: &str| location(&original, &uri, below).replacen("//", "/", 1);
    format!(
        "cicd: release governance\n\nThe API is at {}. What its problems mean is at {}.\nProbes: {}, {}.\n",
        at(API),
        at("/problems"),
        at("/livez"),
        at("/readyz"),
    )
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
    Ok(reply::json(&json!({
        "status": "ready",
        "mode": if api.is_dev() { "dev" } else { "standard" },
        "executors": { "ci": ci, "deploy": deploy },
    })))
}
