//! A PostgreSQL server for tests: the one that `CICD_TEST_POSTGRES` names, or one that lives as long as the test's process.

mod database;
mod server;

pub use database::{Database, STOPPED_CLOCK};
pub use server::{Server, binaries};
