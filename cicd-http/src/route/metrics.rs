//! `/metrics`: what this host counts.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::Routes;
use crate::api::Api;
use crate::metrics::{MEDIA, Metrics};
use crate::openapi::Operation;
use crate::problem::{Kind, Problem};

pub(super) fn routes() -> Routes {
    Routes::of("Host").get("/metrics", show, || {
        Operation::new("getMetrics", "What this host counted since it started, for Prometheus")
            .about("Not there where the host tells it on a listener of its own. No id, name or address is a label.")
            .bytes("The metrics.", MEDIA, &[])
            .meets(&[Kind::NotFound])
    })
}

async fn show(State(api): State<Api>) -> Response {
    if api.metrics_are_apart() {
        return Problem::new(Kind::NotFound, "metrics are told elsewhere").into_response();
    }
    told(api.metrics())
}

/// Everything that was counted.
pub(crate) fn told(metrics: &Metrics) -> Response {
    match metrics.text() {
        Ok(text) => ([(header::CONTENT_TYPE, MEDIA)], text).into_response(),
        Err(error) => Problem::internal(error).into_response(),
    }
}
