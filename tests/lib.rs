//! Suites that cross crates, and the servers that suites run on.

#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests: a panic is how they fail")]

pub mod postgres;
pub mod redis;
#[cfg(feature = "s3")]
pub mod s3;
