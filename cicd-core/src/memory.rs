//! Reference adapters that keep everything in memory: for tests, examples and hosts that need nothing to survive them.
//!
//! They hold the contracts of their ports whole; the conformance suites run on them first.

mod blobs;
mod cache;
mod clock;
mod ids;
mod role_table;
mod secrets;
mod store;

pub use blobs::MemoryBlobs;
pub use cache::MemoryCache;
pub use clock::{Clock, SteppedClock};
pub use ids::SequentialIds;
pub use role_table::RoleTable;
pub use secrets::MemorySecrets;
pub use store::MemoryStore;
