//! The store on real files: the contract, what the database itself refuses, and what survives.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod audit;
mod chains;
mod conformance;
mod database;
mod groups;
mod kill;
mod leases;
mod oracle;
mod rehearse;
mod schema;
mod tampering;
mod trace;
