//! The schema: its migrations, and whether this binary may run on what a database holds.

mod apply;
mod inspect;
mod migrations;
mod verify;

pub(crate) use apply::run;
pub use apply::{migrate, migrate_down, migrate_down_losing};
pub(crate) use inspect::inspect;
pub use inspect::schema_status;
pub use migrations::LATEST as LATEST_MIGRATION;
pub(crate) use migrations::{ALL, Migration};
#[cfg(test)]
pub(crate) use verify::fresh;
pub use verify::verify_schema;
pub(crate) use verify::{objects, verify};
