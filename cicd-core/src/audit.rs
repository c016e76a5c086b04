//! The record for the law: append-only, in the same commit as the change, hash-chained per tenant.

mod chain;
mod chain_error;
mod chain_report;
mod event;
mod export;
mod import;
mod pattern;

pub use chain::{ChainHead, TAG, hash, verify};
pub use chain_error::ChainError;
pub use chain_report::ChainReport;
pub use event::{AuditEvent, Chain, StoredEvent, Subject, SubjectKind};
pub use export::{CSV_HEADER, actor, csv_line, json_line};
pub use import::{Import, Kept, NotALine, read_json_line};
pub use pattern::KindPattern;
