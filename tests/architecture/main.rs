//! The house rules of the workspace, read from `cargo metadata` and from the sources: who may depend on whom, which room
//! may know which, how long a file may grow.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

mod crates;
mod habits;
mod limits;
mod migrations;
mod rooms;
mod sabotage;
mod sizes;
mod source;
