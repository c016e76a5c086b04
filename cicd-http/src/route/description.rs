//! `/openapi.json`: the API's description, for programs.

use axum::extract::OriginalUri;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};

use super::Routes;
use crate::api::location;
use crate::openapi::{self, Operation};

pub(super) fn routes() -> Routes {
    Routes::of("Host").get("/openapi.json", show, || {
        Operation::new("getOpenApi", "This description").object("OpenAPI 3.1.")
    })
}

async fn show(original: OriginalUri, uri: Uri) -> Response {
    let prefix = location(&original, &uri, "");
    let prefix = prefix.strip_suffix(crate::API).unwrap_or_default();
    let content_type = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    ([content_type], openapi::text(prefix)).into_response()
}
