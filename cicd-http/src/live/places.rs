//! How many streams a principal has open.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use cicd_core::authz::Caller;
use cicd_core::id::{PrincipalId, TenantId};

use crate::limits::STREAMS;

type Taken = HashMap<(TenantId, PrincipalId), usize>;

/// The places of all principals.
#[derive(Debug, Default)]
pub(crate) struct Places(Arc<Mutex<Taken>>);

/// A stream's place, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    taken: Arc<Mutex<Taken>>,
    whose: (TenantId, PrincipalId),
}

impl Places {
    /// A place for one more stream of the caller's principal; `None` when it has [`STREAMS`] already.
    pub(crate) fn take(&self, caller: &Caller) -> Option<Place> {
        let whose = (caller.tenant.clone(), caller.principal.clone());
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(whose.clone()).or_default();
        if *count >= STREAMS {
            return None;
        }
        *count = count.saturating_add(1);
        Some(Place { taken: Arc::clone(&self.0), whose })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.whose) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                taken.remove(&self.whose);
            }
        }
    }
}
