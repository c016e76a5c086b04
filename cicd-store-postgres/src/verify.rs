//! Verification of the chains: their ends when a database is opened, all of them for `cicd doctor`.

use cicd_core::audit::{Chain, ChainError, ChainHead, StoredEvent, verify};
use cicd_core::id::TenantId;
use cicd_core::port::StoreError;
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, PgExecutor};

use crate::error::{OpenError, store_error};
use crate::events::stored;
use crate::sessions::{Sessions, enter, views};
use crate::sql::{chain, head, integer, parsed};

const HEADS: &str =
    "SELECT seq, hash, at, chain, tenant FROM cicd_chain_head WHERE seq > 0 ORDER BY tenant, chain";
const EVENTS: &str = "
SELECT seq, at, bytes, previous, hash FROM cicd_audit_event
WHERE tenant = $1 AND chain = $2 AND seq > $3 ORDER BY seq LIMIT $4";

/// How many events at the end of each chain are verified when a database is opened.
const LAST: u64 = 100;
/// How many events are read at once.
const BATCH: i64 = 1000;

/// What the verification of a whole chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainReport {
    /// The chain.
    pub chain: Chain,
    /// How many events verified, from the first one on.
    pub events: u64,
    /// What is wrong with the next one; `None` when all verified and the chain ends where its head says.
    pub error: Option<ChainError>,
}

/// Verifies the last events of every chain against its head, all of one moment: other hosts go on meanwhile.
pub(crate) async fn ends(connection: &mut PgConnection) -> Result<(), OpenError> {
    let mut moment = connection.begin().await?;
    sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").execute(&mut *moment).await?;
    let connection = &mut *moment;
    for view in views(connection).await? {
        if let Some(tenant) = &view {
            enter(connection, tenant).await?;
        }
        ends_in_view(connection).await?;
    }
    Ok(moment.commit().await?)
}

/// The same of the chains that the session sees.
async fn ends_in_view(connection: &mut PgConnection) -> Result<(), OpenError> {
    let rows = sqlx::query(HEADS).fetch_all(&mut *connection).await?;
    for row in rows {
        let (tenant, chain, end): (TenantId, _, _) =
            (parsed(&row, 4)?, chain(&row, 3)?, head(&row, [0, 1, 2])?);
        let from = start(connection, &tenant, chain, end).await?;
        let verified = match from {
            Ok(from) => follow(&mut *connection, &tenant, chain, from).await?,
            Err(missing) => Err((0, missing)),
        };
        let broken = verified.map_err(|(_, error)| error).and_then(|found| ends_at(found, end));
        broken.map_err(|source| OpenError::Chain { tenant, chain, source })?;
    }
    Ok(())
}

/// The head from which the last events of a chain are verified.
async fn start(
    connection: &mut PgConnection,
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

/// Verifies a whole chain.
pub(crate) async fn whole(
    sessions: &Sessions,
    tenant: &TenantId,
    chain: Chain,
) -> Result<ChainReport, StoreError> {
    let mut session = sessions.enter(Some(tenant)).await.map_err(|error| store_error(&error))?;
    let report = follow_to_head(session.connection(), tenant, chain).await;
    session.leave().await;
    report
}

async fn follow_to_head(
    connection: &mut PgConnection,
    tenant: &TenantId,
    chain: Chain,
) -> Result<ChainReport, StoreError> {
    // The head first: events that come meanwhile follow it.
    let query = sqlx::query("SELECT seq, hash, at FROM cicd_chain_head WHERE tenant = $1 AND chain = $2");
    let row = query.bind(tenant.as_str()).bind(chain.as_str()).fetch_optional(&mut *connection).await;
    let end = match row.map_err(|error| store_error(&error))? {
        Some(row) => head(&row, [0, 1, 2])?,
        None => ChainHead::EMPTY,
    };
    Ok(match follow(connection, tenant, chain, ChainHead::EMPTY).await? {
        Ok(found) => {
            // Later events are fine; earlier ends are not.
            let error = if found.seq > end.seq { None } else { ends_at(found, end).err() };
            ChainReport { chain, events: found.seq, error }
        }
        Err((events, error)) => ChainReport { chain, events, error: Some(error) },
    })
}

/// Verifies the events after `from`, in batches. Gives the head that they lead to, or how many verified and what is wrong.
async fn follow(
    connection: &mut PgConnection,
    tenant: &TenantId,
    chain: Chain,
    from: ChainHead,
) -> Result<Result<ChainHead, (u64, ChainError)>, StoreError> {
    let mut head = from;
    loop {
        let events = batch(&mut *connection, tenant, chain, head.seq, BATCH).await?;
        if events.is_empty() {
            return Ok(Ok(head));
        }
        for event in &events {
            match verify(tenant, chain, head, [event]) {
                Ok(next) => head = next,
                Err(error) => return Ok(Err((head.seq, error))),
            }
        }
    }
}

async fn batch(
    connection: impl PgExecutor<'_>,
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
    // A head that names another hash or time is as broken as its event.
    if found == end { Ok(()) } else { Err(ChainError::Hash { seq: end.seq }) }
}
