//! Who may do what, and that nothing else decides it.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests: a panic is how they fail")]

mod cells;
mod differential;
mod epochs;
mod loading;
mod narrowing;
mod reference;
mod support;
mod who_can_what;
