//! The release domain against a written table, against stories that users told, and against random worlds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests: a panic is how they fail"
)]

mod fixture;
mod gates;
mod moves;
mod oracle;
mod rollback;
mod rollout;
mod sequences;
mod steps;
mod table;
mod votes;
mod world;
