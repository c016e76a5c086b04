//! The real binary: first start, refusals, and an end that cuts nobody off.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod audit;
mod cli;
mod closed_gates;
mod hooks;
mod isolation;
mod metrics;
mod migrations;
mod overload;
mod policy;
#[cfg(feature = "postgres")]
mod postgres;
mod prompts;
mod raw;
mod refusals;
mod retention;
#[cfg(feature = "postgres")]
mod row_security;
#[cfg(all(feature = "postgres", feature = "s3"))]
mod s3;
mod start_and_stop;
mod support;
mod tools;
mod traces;
mod watchdog;
