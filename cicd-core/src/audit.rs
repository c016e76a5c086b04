//! The record for the law: append-only, in the same commit as the change, hash-chained per tenant.

mod chain;
mod event;

pub use chain::{ChainError, ChainHead, TAG, hash, verify};
pub use event::{AuditEvent, Chain, StoredEvent, Subject, SubjectKind};
