//! The HTTP face over the engine and a store in memory, request by request.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "a test fails by panicking"
)]

mod authentication;
mod bad_input;
mod bad_requests;
mod bad_tokens;
mod cached;
mod conditions;
mod coverage;
mod generated;
mod hooks;
mod idempotency;
mod lists;
mod live;
mod metrics;
mod narrowed;
mod openapi;
mod pace;
mod pages;
mod rights;
mod roles;
mod rules;
mod session;
mod story;
mod support;
