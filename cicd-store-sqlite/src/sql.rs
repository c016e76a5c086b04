//! Between our types and SQLite's columns.

use cicd_core::audit::{Chain, ChainHead};
use cicd_core::digest::Digest;
use cicd_core::port::{Record, RecordKind, StoreError, WorkKey};
use cicd_core::time::Timestamp;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::error::{corrupt, store_error};

/// A number as a column holds it.
pub(crate) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number that a column holds; columns have a CHECK that none is negative.
pub(crate) fn number(integer: i64) -> u64 {
    u64::try_from(integer).unwrap_or(0)
}

/// What stands in a column.
pub(crate) fn get<'r, T>(row: &'r SqliteRow, column: usize) -> Result<T, StoreError>
where
    T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    row.try_get(column).map_err(|error| store_error(&error))
}

/// A point in time that a column holds in microseconds.
pub(crate) fn time(row: &SqliteRow, column: usize) -> Result<Timestamp, StoreError> {
    Ok(Timestamp::from_micros(get(row, column)?))
}

/// A digest that a column holds as 32 bytes.
pub(crate) fn digest(row: &SqliteRow, column: usize) -> Result<Digest, StoreError> {
    let bytes: &[u8] = get(row, column)?;
    bytes.try_into().map(Digest::from_bytes).map_err(|error| corrupt("a digest", error))
}

/// Something that a column holds as its text.
pub(crate) fn parsed<T>(row: &SqliteRow, column: usize) -> Result<T, StoreError>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    let text: &str = get(row, column)?;
    text.parse().map_err(|error| corrupt("an id", error))
}

/// The row that a column holds as JSON.
pub(crate) fn record(kind: RecordKind, row: &SqliteRow, column: usize) -> Result<Record, StoreError> {
    let body: &str = get(row, column)?;
    Record::from_body(kind, body).map_err(|error| corrupt(kind.as_str(), error))
}

/// The head that three columns hold: sequence, hash and time.
pub(crate) fn head(row: &SqliteRow, columns: [usize; 3]) -> Result<ChainHead, StoreError> {
    let [seq, hash, at] = columns;
    Ok(ChainHead { seq: number(get(row, seq)?), hash: digest(row, hash)?, at: time(row, at)? })
}

/// The chain that a column names.
pub(crate) fn chain(row: &SqliteRow, column: usize) -> Result<Chain, StoreError> {
    match get(row, column)? {
        "ledger" => Ok(Chain::Ledger),
        "security" => Ok(Chain::Security),
        other => Err(corrupt("a chain", other)),
    }
}

/// The table that holds the rows of a kind.
pub(crate) const fn table(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Service => "cicd_service",
        RecordKind::Deployment => "cicd_deployment",
        RecordKind::CiConfig => "cicd_ci_config",
        RecordKind::CdConfig => "cicd_cd_config",
        RecordKind::CiRun => "cicd_ci_run",
        RecordKind::Release => "cicd_release",
        RecordKind::Queue => "cicd_queue",
        RecordKind::LedgerEntry => "cicd_ledger_entry",
        RecordKind::PolicyFloor => "cicd_policy_floor",
        RecordKind::Freeze => "cicd_freeze",
        RecordKind::Lock => "cicd_lock",
        RecordKind::Grant => "cicd_grant",
        RecordKind::Token => "cicd_token",
        RecordKind::Source => "cicd_source",
        RecordKind::SourceDelivery => "cicd_source_delivery",
        RecordKind::DeliveryMark => "cicd_delivery_mark",
    }
}

/// The kind and the id of a piece of work, as columns hold them.
pub(crate) fn work_columns(work: WorkKey) -> (&'static str, String) {
    match work {
        WorkKey::CiRun(id) => (RecordKind::CiRun.as_str(), id.to_string()),
        WorkKey::Release(id) => (RecordKind::Release.as_str(), id.to_string()),
    }
}

/// The piece of work that two columns name: kind and id.
pub(crate) fn work_key(row: &SqliteRow, columns: [usize; 2]) -> Result<WorkKey, StoreError> {
    let [kind, id] = columns;
    match get(row, kind)? {
        "ci_run" => Ok(WorkKey::CiRun(parsed(row, id)?)),
        "release" => Ok(WorkKey::Release(parsed(row, id)?)),
        other => Err(corrupt("a kind of work", other)),
    }
}
