//! The grants of each tenant, as a store last read them: every decision needs all of them, and they seldom change.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::authz::Grant;
use crate::id::TenantId;

/// How many tenants' grants are remembered.
const TENANTS: usize = 1024;

/// Grants, and the sequence of the commit that changed them last.
type Grants = (i64, Arc<[Grant]>);

/// What was read last. A load reads the sequence of the last change in the same statement, so what is remembered is never
/// used past its time.
#[derive(Debug, Default)]
pub struct RememberedGrants(Mutex<HashMap<TenantId, Grants>>);

impl RememberedGrants {
    /// The tenant's grants and the sequence that they are of.
    #[must_use]
    pub fn get(&self, tenant: &TenantId) -> Option<(i64, Arc<[Grant]>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(tenant).cloned()
    }

    /// Remembers the tenant's grants, unless newer ones are remembered.
    pub fn set(&self, tenant: &TenantId, seq: i64, grants: Arc<[Grant]>) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= TENANTS && !remembered.contains_key(tenant) {
            remembered.clear();
        }
        let entry = remembered.entry(tenant.clone()).or_insert_with(|| (seq, Arc::clone(&grants)));
        if entry.0 < seq {
            *entry = (seq, grants);
        }
    }
}
