//! Verification of the ends of the chains when a file is opened.

use cicd_core::audit::{Chain, ChainError, ChainHead, StoredEvent, verify};
use cicd_core::id::TenantId;
use cicd_core::port::StoreError;
use sqlx::SqliteExecutor;
use sqlx::sqlite::SqliteConnection;

use crate::error::{OpenError, store_error};
use crate::events::stored;
use crate::sql::{chain, head, integer, parsed};

const HEADS: &str = "SELECT seq, hash, at, chain, tenant FROM cicd_chain_head ORDER BY tenant, chain";
const EVENTS: &str = "
SELECT seq, at, bytes, previous, hash FROM cicd_audit_event
WHERE tenant = ?1 AND chain = ?2 AND seq > ?3 ORDER BY seq LIMIT ?4";

/// How many events at the end of each chain are verified when a file is opened.
const LAST: u64 = 100;
/// How many events are read at once.
const BATCH: i64 = 1000;

/// Verifies the last events of every chain against its head.
pub(crate) async fn ends(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let rows = sqlx::query(HEADS).fetch_all(&mut *connection).await?;
    for row in rows {
        let (tenant, chain, end): (TenantId, _, _) =
            (parsed(&row, 4)?, chain(&row, 3)?, head(&row, [0, 1, 2])?);
        let from = start(connection, &tenant, chain, end).await?;
        let verified = match from {
            Ok(from) => follow(&mut *connection, &tenant, chain, from).await?,
            Err(missing) => Err(missing),
        };
        let broken = verified.and_then(|found| ends_at(found, end));
        broken.map_err(|source| OpenError::Chain { tenant, chain, source })?;
    }
    Ok(())
}

/// The head from which the last events of a chain are verified.
async fn start(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    chain: Chain,
    end: ChainHead,
) -> Result<Result<ChainHead, ChainError>, StoreError> {
    let seq = end.seq.saturating_sub(LAST);
    if seq == 0 {
        return Ok(Ok(ChainHead::EMPTY));
    }
    let found = batch(connection, tenant, chain, seq - 1, 1).await?;
    Ok(match found.first() {
        Some(event) if event.seq == seq => Ok(ChainHead { seq, hash: event.hash, at: event.at }),
        found => Err(ChainError::Sequence { expected: seq, found: found.map_or(end.seq, |event| event.seq) }),
    })
}

/// Verifies the events after `from`, in batches. Gives the head that they lead to, or what is wrong.
async fn follow(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    chain: Chain,
    from: ChainHead,
) -> Result<Result<ChainHead, ChainError>, StoreError> {
    let mut head = from;
    loop {
        let events = batch(&mut *connection, tenant, chain, head.seq, BATCH).await?;
        if events.is_empty() {
            return Ok(Ok(head));
        }
        match verify(tenant, chain, head, &events) {
            Ok(next) => head = next,
            Err(error) => return Ok(Err(error)),
        }
    }
}

async fn batch(
    connection: impl SqliteExecutor<'_>,
    tenant: &TenantId,
    chain: Chain,
    after: u64,
    limit: i64,
) -> Result<Vec<StoredEvent>, StoreError> {
    let query = sqlx::query(EVENTS).bind(tenant.as_str()).bind(chain.as_str());
    let query = query.bind(integer(after)).bind(limit);
    let rows = query.fetch_all(connection).await.map_err(|error| store_error(&error))?;
    rows.iter().map(|row| stored(chain, row)).collect()
}

fn ends_at(found: ChainHead, end: ChainHead) -> Result<(), ChainError> {
    if found.seq != end.seq {
        return Err(ChainError::Head { expected: end.seq, found: found.seq });
    }
    if found == end { Ok(()) } else { Err(ChainError::HeadDiffers { seq: end.seq }) }
}
