//! The record for the law: append-only, in the same commit as the change, hash-chained per tenant.

mod chain;
mod chain_error;
mod event;

pub use chain::{ChainHead, TAG, hash, verify};
pub use chain_error::ChainError;
pub use event::{AuditEvent, Chain, StoredEvent, Subject, SubjectKind};
