//! The schema: its migrations, and whether this binary may run on what a database holds.

mod apply;
mod inspect;
mod migrations;
mod optional;
mod verify;

pub use apply::{migrate, migrate_down, migrate_down_losing};
pub(crate) use apply::{take, up};
pub(crate) use inspect::inspect;
pub use inspect::schema_status;
pub use migrations::LATEST as LATEST_MIGRATION;
pub(crate) use migrations::{ALL, Migration};
pub use optional::{
    InForce, OptionalMigrations, disable_row_security, enable_row_security, grant_roles, optional_migrations,
    revoke_roles,
};
pub use verify::verify_schema;
pub(crate) use verify::{objects, verify};
