//! Gates: what may hold back a release that has its votes. They are asked again in the commit that starts execution.

mod freeze;
mod lock;
mod verdict;

pub use freeze::{Freeze, FreezeDraft, FreezeScope};
pub use lock::{Lock, LockDraft};
pub use verdict::{GateKind, GateVerdict};
