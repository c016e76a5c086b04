//! One change, as the one statement that checks and writes it.

use cicd_core::id::ReleaseId;
use cicd_core::port::{
    ChangeSet, Committed, Record, RecordKey, RecordKind, Resolved, ResolvedRow, StoreError, StoredOutcome,
};
use cicd_core::release::Release;
use cicd_core::time::Timestamp;
use sqlx::postgres::{PgArguments, PgPool, PgRow, Postgres};
use sqlx::query::Query;

use crate::error::{corrupt, invalid, is_transient, store_error};
use crate::sql::{get, integer, number, parsed, time, work_columns};
use crate::template::{self, Due, Template};

/// The members of `cicd_change`, in their order.
const COMMIT: &str = "
SELECT refusal, kind, id, fingerprint, body, at, seq, governance_epoch FROM cicd_commit(ROW(
    $1::text, $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[],
    $10::bigint[], $11::bigint[], $12::text[], $13::integer[], $14::boolean[], $15::text[], $16::text[], $17::text[],
    $18::bigint, $19::boolean, $20::text, $21::text, $22::bigint, $23::text, $24::text, $25::text, $26::text, $27::text,
    $28::text)::cicd_change)";

/// The index that allows one executing release per deployment.
const SLOT: &str = "cicd_release_slot";
/// How often a statement that the server gave up is sent again.
const TRIES: u32 = 5;

/// Checks and writes `change`; refused, it leaves nothing behind.
pub(crate) async fn commit(
    pool: &PgPool,
    change: &ChangeSet,
    guess: Timestamp,
) -> Result<Committed, StoreError> {
    let (rows, offsets) = template::rows(change, guess)?;
    written_once(&rows)?;
    let events = |events: &[cicd_core::audit::AuditEvent]| {
        events.iter().map(|event| event.bytes().map_err(invalid)).collect::<Result<Vec<_>, _>>()
    };
    let (ledger, security) = (events(change.ledger_events())?, events(change.security_events())?);
    let mut tries = 1;
    let row = loop {
        let query = sqlx::query(COMMIT).bind(change.tenant().as_str()).bind(&ledger).bind(&security);
        let query = bind_rows(query.bind(&offsets), change, &rows);
        match bind_conditions(query, change).fetch_one(pool).await {
            Err(error) if tries < TRIES && is_transient(&error) => tries += 1,
            answer => break answer.map_err(|error| refused_by_server(&rows, &error))?,
        }
    };
    match refusal(&row)? {
        Some(refused) => Err(refused),
        None => committed(change, &row),
    }
}

type Sql<'q> = Query<'q, Postgres, PgArguments>;

/// The rows to write, and the rows to check: those that are written and those that were relied on, by their keys.
fn bind_rows<'q>(query: Sql<'q>, change: &ChangeSet, rows: &[Template]) -> Sql<'q> {
    let resolved = || rows.iter().map(|template| &template.row);
    let mut checked: Vec<_> = resolved().map(|row| (&row.key, row.expected)).collect();
    checked.extend(change.relied_on().iter().map(|(key, version)| (key, *version)));
    checked.sort_by_key(|(key, _)| *key);
    let kinds = |keys: &[&RecordKey]| keys.iter().map(|key| key.kind.as_str()).collect::<Vec<_>>();
    let ids = |keys: &[&RecordKey]| keys.iter().map(|key| key.id.clone()).collect::<Vec<_>>();
    let checked_keys: Vec<_> = checked.iter().map(|(key, _)| *key).collect();
    let keys: Vec<_> = resolved().map(|row| &row.key).collect();
    let records = || resolved().map(put);
    let starting: Vec<&Release> = resolved().filter_map(executing).collect();
    query
        .bind(kinds(&checked_keys))
        .bind(ids(&checked_keys))
        .bind(checked.iter().map(|(_, version)| integer(version.0)).collect::<Vec<_>>())
        .bind(kinds(&keys))
        .bind(ids(&keys))
        .bind(resolved().map(|row| integer(row.expected.0)).collect::<Vec<_>>())
        .bind(records().map(|row| row.map(|row| integer(row.row_version().0))).collect::<Vec<_>>())
        .bind(rows.iter().map(|template| template.body.clone()).collect::<Vec<_>>())
        .bind(records().map(|row| row.and_then(revision)).collect::<Vec<_>>())
        .bind(records().map(|row| row.and_then(has_started)).collect::<Vec<_>>())
        .bind(rows.iter().map(|template| template.due.map(due)).collect::<Vec<_>>())
        .bind(starting.iter().map(|release| release.deployment().to_string()).collect::<Vec<_>>())
        .bind(starting.iter().map(|release| release.id().to_string()).collect::<Vec<_>>())
}

/// What the change relied on besides rows, and the operation whose outcome it is.
fn bind_conditions<'q>(query: Sql<'q>, change: &ChangeSet) -> Sql<'q> {
    let (work, epoch) = change.lease().map(|(work, epoch)| (work_columns(work), integer(epoch))).unzip();
    let (kind, id) = work.unzip();
    let (operation, about) = change.operation().map(|(operation, about)| (operation, about)).unzip();
    query
        .bind(change.governance_epoch().map(integer))
        .bind(change.is_governance())
        .bind(kind)
        .bind(id)
        .bind(epoch)
        .bind(operation.map(|operation| operation.principal.to_string()))
        .bind(operation.map(|operation| operation.operation.clone()))
        .bind(operation.map(|operation| operation.key.clone()))
        .bind(operation.map(|operation| operation.fingerprint.to_string()))
        .bind(about.map(|key| key.kind.as_str()))
        .bind(about.map(|key| key.id.clone()))
}

const fn put(row: &ResolvedRow) -> Option<&Record> {
    match &row.row {
        Resolved::Put(record) => Some(record),
        Resolved::Delete => None,
    }
}

fn revision(record: &Record) -> Option<i32> {
    record.revision().map(|revision| i32::try_from(revision).unwrap_or(i32::MAX))
}

const fn has_started(record: &Record) -> Option<bool> {
    match record {
        Record::Release(release) => Some(release.state.has_started()),
        _ => None,
    }
}

/// A time, or a distance from the commit's with its sign.
fn due(due: Due) -> String {
    match due {
        Due::At(at) => at.to_string(),
        Due::After(offset) => format!("{offset:+}"),
    }
}

/// The release that a row leaves executing.
fn executing(row: &ResolvedRow) -> Option<&Release> {
    match &row.row {
        Resolved::Put(Record::Release(release)) if release.state.execution().is_some() => Some(release),
        _ => None,
    }
}

/// What an error of the server means. Two of one change that want the same slot only meet in its index.
fn refused_by_server(rows: &[Template], error: &sqlx::Error) -> StoreError {
    let constraint = error.as_database_error().and_then(|error| error.constraint());
    let rival = if constraint == Some(SLOT) { rival(rows) } else { None };
    rival.map_or_else(|| store_error(error), |release| StoreError::Occupied { release })
}

/// The release that another one of the same change shares its slot with.
fn rival(rows: &[Template]) -> Option<ReleaseId> {
    let starting: Vec<&Release> = rows.iter().filter_map(|template| executing(&template.row)).collect();
    starting.iter().enumerate().find_map(|(number, release)| {
        let mut later = starting.iter().skip(number + 1);
        later.find(|other| other.deployment() == release.deployment()).map(|other| other.id())
    })
}

fn written_once(rows: &[Template]) -> Result<(), StoreError> {
    match rows.windows(2).find(|pair| matches!(pair, [a, b] if a.row.key == b.row.key)) {
        Some([template, ..]) => Err(invalid(format!("{} is written twice", template.row.key))),
        _ => Ok(()),
    }
}

/// Why the change was refused.
fn refusal(row: &PgRow) -> Result<Option<StoreError>, StoreError> {
    let Some(refusal) = get::<Option<&str>>(row, 0)? else { return Ok(None) };
    Ok(Some(match refusal {
        "duplicate" => StoreError::Duplicate { outcome: Box::new(outcome(row)?) },
        "lease_lost" => StoreError::LeaseLost,
        "governance_moved" => StoreError::GovernanceMoved,
        "stale" => StoreError::Stale { what: key(row)? },
        "occupied" => StoreError::Occupied { release: parsed(row, 2)? },
        other => return Err(corrupt("a refusal", other)),
    }))
}

fn key(row: &PgRow) -> Result<RecordKey, StoreError> {
    let name: &str = get(row, 1)?;
    let kind = RecordKind::ALL.iter().find(|kind| kind.as_str() == name);
    let kind = *kind.ok_or_else(|| corrupt("a kind", name))?;
    Ok(RecordKey { kind, id: get(row, 2)? })
}

fn outcome(row: &PgRow) -> Result<StoredOutcome, StoreError> {
    let (fingerprint, seq) = (parsed(row, 3)?, number(get(row, 6)?));
    Ok(StoredOutcome { fingerprint, record: key(row)?, body: get(row, 4)?, seq })
}

/// What was committed, with its rows as they are stored.
fn committed(change: &ChangeSet, row: &PgRow) -> Result<Committed, StoreError> {
    let at = time(row, 5)?;
    let rows = change.resolve(at).map_err(invalid)?;
    let records = rows.into_iter().filter_map(|row| match row.row {
        Resolved::Put(record) => Some(record),
        Resolved::Delete => None,
    });
    let (seq, governance_epoch) = (number(get(row, 6)?), number(get(row, 7)?));
    Ok(Committed { at, seq, governance_epoch, records: records.collect() })
}
