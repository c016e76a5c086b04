//! Sources: what the providers really send is read, and nothing that is forged is taken.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests: a panic is how they fail"
)]

mod forgeries;
mod mutations;
mod payloads;
mod sender;
