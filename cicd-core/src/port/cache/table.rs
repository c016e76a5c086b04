//! The heads of a cache that lives in one process.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Head, HeadOf, Heads, Moment};
use crate::id::TenantId;

/// How many heads are kept; where more live at once, all of them are forgotten.
const MOST: usize = 100_000;

/// Heads by tenant, for a cache that brings the clock.
#[derive(Debug)]
pub struct HeadTable {
    life: u64,
    tenants: Mutex<Tenants>,
}

#[derive(Debug, Default)]
struct Tenants {
    heads: HashMap<TenantId, HashMap<HeadOf, Head>>,
    count: usize,
}

impl HeadTable {
    /// No heads yet; each lives `life` microseconds.
    #[must_use]
    pub fn new(life: u64) -> Self {
        Self { life, tenants: Mutex::default() }
    }

    /// The heads of `of` that are known at `now`.
    #[must_use]
    pub fn heads(&self, tenant: &TenantId, of: &[HeadOf], now: Moment) -> Heads {
        let tenants = self.tenants();
        let heads = tenants.heads.get(tenant);
        let known = |of: &HeadOf| heads?.get(of)?.known(now);
        Heads { seqs: of.iter().map(known).collect(), looked_at: now }
    }

    /// As [`Cache::learn`](super::Cache::learn) says.
    pub fn learn(&self, tenant: &TenantId, of: &[HeadOf], seq: u64, since: Moment, now: Moment) {
        self.change(tenant, of, now, |head| Head::learned(head, seq, since, now, self.life));
    }

    /// As [`Cache::raise`](super::Cache::raise) says.
    pub fn raise(&self, tenant: &TenantId, of: &[HeadOf], seq: u64, now: Moment) {
        self.change(tenant, of, now, |head| Some(Head::raised(head, seq, now, self.life)));
    }

    fn change(
        &self,
        tenant: &TenantId,
        of: &[HeadOf],
        now: Moment,
        change: impl Fn(Option<Head>) -> Option<Head>,
    ) {
        let mut tenants = self.tenants();
        tenants.make_room(now);
        let Tenants { heads, count } = &mut *tenants;
        let heads = heads.entry(tenant.clone()).or_default();
        for of in of {
            if let Some(after) = change(heads.get(of).copied()) {
                *count = count.saturating_add(usize::from(heads.insert(of.clone(), after).is_none()));
            }
        }
    }

    fn tenants(&self) -> MutexGuard<'_, Tenants> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tenants {
    fn make_room(&mut self, now: Moment) {
        if self.count < MOST {
            return;
        }
        self.heads.retain(|_, heads| {
            heads.retain(|_, head| !head.is_over(now));
            !heads.is_empty()
        });
        self.count = self.heads.values().map(HashMap::len).sum();
        if self.count >= MOST {
            *self = Self::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_bounded() {
        let table = HeadTable::new(10);
        let tenant = |number: usize| format!("t{number}").parse::<TenantId>().unwrap();
        for number in 0..=MOST {
            table.raise(&tenant(number), &[HeadOf::Tenant], 1, Moment(5));
        }
        let tenants = table.tenants();
        assert_eq!(
            (tenants.heads.len(), tenants.count),
            (1, 1),
            "all were alive, so all but the last one went"
        );
    }
}
