//! Who can what, as it was worked out: a table is a thousand questions to Casbin, and the rules never change.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use cicd_core::authz::WhoCanWhat;
use cicd_core::id::TenantId;

/// Of so many tenants at most.
const MOST: usize = 256;

#[derive(Default)]
pub(crate) struct Told(Mutex<HashMap<TenantId, WhoCanWhat>>);

impl Told {
    pub(crate) fn get(&self, tenant: &TenantId) -> Option<WhoCanWhat> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(tenant).cloned()
    }

    pub(crate) fn keep(&self, tenant: TenantId, table: WhoCanWhat) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(tenant, table);
    }
}
