//! `/blobs/{digest}`: what a CI run built, byte for byte.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cicd_core::digest::Digest;

use super::Routes;
use crate::api::Api;
use crate::extract::{Params, PathId, Who};
use crate::openapi::{Header, Operation};
use crate::problem::Problem;

/// RFC 9530.
const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");

pub(super) fn routes() -> Routes {
    Routes::of("CI runs").get("/blobs/{digest}", show, || {
        let headers = [Header::Disposition, Header::ReprDigest, Header::ETag];
        Operation::new("getArtifact", "What a CI run built, byte for byte").bytes(
            "The bytes.",
            "application/octet-stream",
            &headers,
        )
    })
}

async fn show(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(digest): PathId<Digest>,
    params: Params,
) -> Result<Response, Problem> {
    params.finish()?;
    let bytes = api.engine().artifact(&caller, digest).await?;
    let value = |text: String| HeaderValue::try_from(text).map_err(Problem::internal);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        // Whatever somebody built is never shown as a page of this host.
        (header::CONTENT_DISPOSITION, value(format!("attachment; filename=\"{}\"", digest.hex()))?),
        (REPR_DIGEST, value(format!("sha-256=:{}:", STANDARD.encode(digest.as_bytes())))?),
        (header::ETAG, value(format!("\"{digest}\""))?),
    ];
    Ok((headers, Body::from_stream(bytes)).into_response())
}
