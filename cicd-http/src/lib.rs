//! HTTP face and host of the release-governance engine.
//!
//! [`router`] turns an [`Engine`](cicd_core::engine::Engine) and an [`Authenticator`] into an [`axum::Router`] that nests
//! under any prefix. Below it are the API at `/api/v1`, the probes `/livez` and `/readyz`, and the meanings of
//! [problems](problem::Kind) at `/problems`. `/api/v1/openapi.json` describes all of it, `/api/v1/docs/` shows it.
//!
//! - Errors are problems after RFC 9457, each with a stable `type` and the `request_id`.
//! - A PUT or DELETE names the version that it is meant for (`If-Match`, `If-None-Match: *`); a row's ETag is its
//!   `row_version` in quotes.
//! - A POST takes an `Idempotency-Key`: a repeat gets the first outcome, marked `Idempotency-Replayed: true`.
//! - Every command takes `?dry_run=true`: it decides, answers, and changes nothing.
//! - A write answers with `X-Consistency`: the sequence of the ledger after it.
//! - Lists are `{"items": […], "next": …}`; `next` goes into the next request's `after`.
//! - Every limit is in [`limits`].

mod api;
mod authn;
mod conditional;
mod dto;
mod extract;
mod idempotency;
mod ids;
mod json;
mod layer;
pub mod limits;
mod live;
mod metrics;
mod openapi;
mod origin;
mod pages;
pub mod problem;
mod rate;
mod reply;
mod route;
mod router;
pub mod server;
mod trace;

pub use authn::{Authenticator, TokenAuthenticator, Unauthenticated};
pub use ids::RandomIds;
pub use metrics::{Counted, Metrics};
pub use openapi::openapi;
pub use origin::{Network, NoNetwork};
pub use pages::Pages;
pub use rate::Rates;
pub use router::{API, RouterOptions, metrics_router, router, router_with, routes};
