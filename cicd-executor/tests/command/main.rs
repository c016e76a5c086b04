//! The command executor with real processes, real repositories and, as root, real users.

#![cfg(all(feature = "command", target_os = "linux"))]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says by a panic what is wrong"
)]

mod builds;
mod dead_host;
mod isolation;
mod refused_builds;
mod rollouts;
mod support;
