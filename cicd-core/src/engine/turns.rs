//! Commands on one row take turns here, so that the store sees no convoy of them. That none undoes another is the store's
//! to see: another process has turns of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::lock::{Mutex as FairMutex, OwnedMutexGuard};

use crate::id::TenantId;

type Places = HashMap<(TenantId, String), Arc<FairMutex<()>>>;

#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<Places>);

impl Turns {
    /// Waits until it is the caller's turn on `what`.
    pub(super) async fn take(&self, tenant: &TenantId, what: String) -> OwnedMutexGuard<()> {
        let place = {
            let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // A place that only this map holds is free; there are never more than callers under way.
            places.retain(|_, place| Arc::strong_count(place) > 1);
            Arc::clone(places.entry((tenant.clone(), what)).or_default())
        };
        place.lock_owned().await
    }
}
