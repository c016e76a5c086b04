//! The schema: its migrations, and whether this binary may run on what a database holds.

mod apply;
mod inspect;
mod migrations;
mod roles;

pub use apply::{migrate, migrate_down};
pub(crate) use inspect::inspect;
pub use migrations::LATEST as LATEST_MIGRATION;
pub use roles::{grant_roles, revoke_roles};
