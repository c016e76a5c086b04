//! What the engine promises, over PostgreSQL: the suite of `cicd-core/tests/engine` with a store on a server.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod backend;
#[path = "../../cicd-core/tests/engine/suite/mod.rs"]
mod suite;
