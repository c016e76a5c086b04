//! Conformance suites for adapters, and what tests are built from.
//!
//! A store of one's own is certified by the suite that ours pass, in a test that is one line long:
//! [`store_conformance!`](crate::store_conformance), and
//! [`blobs_conformance!`](crate::blobs_conformance) for blobs, [`cache_conformance!`](crate::cache_conformance) for caches. Suites fail by panicking; what they do in which order is no part of
//! this crate's stable interface.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a suite fails by panicking"
)]

pub mod blobs;
pub mod builders;
pub mod cache;
pub mod sender;
pub mod store;
pub mod trace;
