//! What is committed, as it is committed: one feed a tenant reads the ledger for all streams of the tenant.

mod feed;
mod frame;
mod places;
mod stream;

pub(crate) use feed::Feeds;
pub(crate) use frame::Told;
pub(crate) use places::Places;
pub(crate) use stream::{Listener, Start};
