//! The router to embed.

use std::sync::Arc;

use axum::Router;
use axum::extract::{OriginalUri, Request, State};
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use cicd_core::engine::Engine;

use crate::api::Api;
use crate::authn::Authenticator;
use crate::layer::{authenticate, edge, pace};
use crate::metrics::Metrics;
use crate::origin::Network;
use crate::pages::Pages;
use crate::problem::{Kind, Problem};
use crate::rate::Rates;
use crate::route;

/// Where the API lives below the router's own root.
pub const API: &str = "/api/v1";

/// What a host chooses about its router.
#[derive(Clone, Debug, Default)]
pub struct RouterOptions {
    /// Whether the host runs with less protection than one for others, which `/readyz` says.
    pub dev: bool,
    /// How many requests are taken below [`API`]; any number unless said.
    pub rates: Rates,
    /// The proxies whose `X-Forwarded-For` tells where a request comes from; nobody is believed unless said.
    pub trusted_proxies: Vec<Network>,
    /// What counts; the same goes to the engine as its observer, so that releases are counted too.
    pub metrics: Metrics,
    /// Whether metrics are told elsewhere, by [`metrics_router`], so that `/metrics` is not there for everybody.
    pub metrics_apart: bool,
    /// The pages at `/`; none unless said.
    pub pages: Pages,
}

/// The HTTP face of `engine` for callers whom `authenticator` knows. It nests under any prefix, in a host
/// with any state: after the host's own `with_state`, or with `router.with_state(())` before it.
pub fn router(engine: Engine, authenticator: impl Authenticator) -> Router {
    router_with(engine, authenticator, RouterOptions::default())
}

/// As [`router`], with what the host chooses.
pub fn router_with(engine: Engine, authenticator: impl Authenticator, options: RouterOptions) -> Router {
    let api = Api::new(engine, Arc::new(authenticator), options);
    let guarded = route::guarded().router().route_layer(from_fn_with_state(api.clone(), authenticate));
    let below = guarded.merge(route::with_own_credentials().router()).merge(route::for_everybody().router());
    let below = below.layer(from_fn_with_state(api.clone(), pace));
    route::open()
        .router()
        .nest(API, below)
        .method_not_allowed_fallback(no_method)
        .fallback(no_path)
        .layer(from_fn_with_state(api.clone(), edge))
        .with_state(api)
}

/// Tells `metrics` at `/metrics`, to whoever asks: for a listener that only the monitoring reaches.
pub fn metrics_router(metrics: Metrics) -> Router {
    let tell = move || async move { route::told(&metrics) };
    Router::new().route("/metrics", axum::routing::get(tell))
}

/// Every route below [`router`]'s root: its method and its path.
#[must_use]
pub fn routes() -> Vec<(Method, String)> {
    let own = route::with_own_credentials().and(route::for_everybody());
    let below = route::guarded().table().into_iter().chain(own.table());
    let below = below.map(|route| (route.method, format!("{API}{}", route.path)));
    let open = route::open().table().into_iter().map(|route| (route.method, route.path.to_owned()));
    open.chain(below).collect()
}

/// A page, where a browser goes to one.
async fn no_path(
    State(api): State<Api>,
    original: OriginalUri,
    request: Request,
) -> Result<Response, Problem> {
    let page = api.pages().answer(request.method(), &original, request.uri(), request.headers());
    page.ok_or_else(|| Problem::new(Kind::NotFound, "there is no such path"))
}

async fn no_method(method: Method) -> Result<axum::http::StatusCode, Problem> {
    // The framework adds `Allow` to both.
    if method == Method::OPTIONS {
        return Ok(axum::http::StatusCode::NO_CONTENT);
    }
    Err(Problem::new(Kind::MethodNotAllowed, format!("`{method}`; accepted: a method that `Allow` names")))
}
