//! The store on a real server.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod audit;
mod cancelled;
mod conformance;
mod database;
mod dice;
mod killed;
mod oracle;
mod outages;
mod rehearse;
mod roles;
mod row_security;
mod schema;
mod secured;
mod trace;
