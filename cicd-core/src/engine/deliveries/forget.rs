//! Deliveries that are old are forgotten, and with them by which ids and bodies they would be known again.

use serde::Serialize;

use crate::audit::{Subject, SubjectKind};
use crate::authz::{Actor, SystemActor};
use crate::engine::change::By;
use crate::engine::{Engine, EngineError};
use crate::id::{RowVersion, TenantId};
use crate::page::Limit;
use crate::port::{ListQuery, Load, Record, RecordKey, RecordKind, StoreError};
use crate::source::SourceDelivery;
use crate::time::Timestamp;

/// The most deliveries that one commit forgets.
const AT_ONCE: u64 = 50;

#[derive(Serialize)]
struct Forgotten {
    deliveries: usize,
    last_received_at: Timestamp,
}

impl Engine {
    /// Forgets the deliveries of `tenant` that came more than `keep_seconds` ago, and says how many there were. From then on a
    /// repeat of one of them is a new delivery. Several hosts may do this at once.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`].
    pub async fn forget_deliveries(
        &self,
        tenant: &TenantId,
        keep_seconds: u64,
    ) -> Result<usize, EngineError> {
        let limit = Limit::new(AT_ONCE).unwrap_or_default();
        let mut forgotten = 0_usize;
        loop {
            let now = self.store().load(tenant, &Load::tenant()).await?.now;
            let page = self.store().list(tenant, &ListQuery::OldestDeliveries, None, limit).await?;
            let old: Vec<_> =
                page.items.into_iter().filter_map(|record| old(record, now, keep_seconds)).collect();
            let Some(last) = old.last() else { return Ok(forgotten) };
            let told = Forgotten { deliveries: old.len(), last_received_at: last.received_at };
            let actor = Actor::System { part: SystemActor::Retention };
            let by = By { tenant: tenant.clone(), actor, request_id: None, trace: None };
            let subject = Subject::new(SubjectKind::Tenant, tenant.as_str());
            let change =
                by.delete_all("source.deliveries_forgotten", subject, old.iter().flat_map(rows), &told)?;
            match self.commit(change).await {
                Ok(_) => forgotten = forgotten.saturating_add(told.deliveries),
                // Another host forgets the same ones.
                Err(StoreError::Stale { .. }) => return Ok(forgotten),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn old(record: Record, now: Timestamp, keep_seconds: u64) -> Option<SourceDelivery> {
    match record {
        Record::SourceDelivery(row) if row.received_at.plus_seconds(keep_seconds) < now => Some(row),
        _ => None,
    }
}

/// A delivery and its marks, which never change.
fn rows(delivery: &SourceDelivery) -> Vec<(RecordKey, RowVersion)> {
    let marks = delivery.mark_keys().into_iter();
    let marks = marks.map(|mark| (RecordKey::new(RecordKind::DeliveryMark, mark), RowVersion::ABSENT.next()));
    let row = (RecordKey::new(RecordKind::SourceDelivery, delivery.id), delivery.row_version);
    std::iter::once(row).chain(marks).collect()
}
