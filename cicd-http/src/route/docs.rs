//! `/docs/`: the API's description as pages, by Swagger UI. Every file comes from this host.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::OriginalUri;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use utoipa_swagger_ui::{Config, serve};

use super::Routes;
use crate::api::location;
use crate::extract::PathId;
use crate::openapi::Operation;
use crate::problem::{Kind, Problem};

/// The pages run their own scripts and ask their own host, and nothing else.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);
/// Where the pages find the description: beside them, under whatever prefix the host nested the router.
const DESCRIPTION: &str = "../openapi.json";

pub(super) fn routes() -> Routes {
    Routes::of("Host")
        .get("/docs", to_pages, || {
            Operation::new("goToDocs", "Leads to the pages about the API").redirects("They are there.")
        })
        .get("/docs/", page, || {
            Operation::new("getDocs", "This description as pages").files("The page.", &["text/html"])
        })
        .get("/docs/{file}", file, || {
            Operation::new("getDocsFile", "What the pages are made of")
                .files("The file.", &["text/html", "text/css", "text/javascript", "image/png"])
        })
}

async fn to_pages(original: OriginalUri, uri: Uri) -> Response {
    let place = HeaderValue::try_from(location(&original, &uri, "/docs/")).map_err(Problem::internal);
    place.map(|place| (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, place)])).into_response()
}

async fn page() -> Result<Response, Problem> {
    found("index.html")
}

async fn file(PathId(name): PathId<String>) -> Result<Response, Problem> {
    found(&name)
}

fn found(name: &str) -> Result<Response, Problem> {
    let config = Config::new([DESCRIPTION]).validator_url("none");
    let file = serve(name, Arc::new(config)).map_err(Problem::internal)?;
    let file = file.ok_or_else(|| Problem::new(Kind::NotFound, "there is no such file"))?;
    let content_type = HeaderValue::try_from(file.content_type).map_err(Problem::internal)?;
    let headers = [(header::CONTENT_TYPE, content_type), (header::CONTENT_SECURITY_POLICY, POLICY)];
    Ok((headers, Body::from(file.bytes.into_owned())).into_response())
}
