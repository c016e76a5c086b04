//! Leases: when work is due, and who holds it until when.

use super::Tenants;
use super::tenant::Tenant;
use crate::id::TenantId;
use crate::port::{ClaimRequest, Lease, StoreError, WorkKey, WorkerId};
use crate::time::Timestamp;

/// One piece of work.
#[derive(Default)]
pub(super) struct Work {
    /// When the last commit said.
    due: Option<Timestamp>,
    /// When the last holder asked for it to be done, unless a commit came after that.
    asked: Option<Timestamp>,
    epoch: u64,
    holder: Option<(WorkerId, Timestamp)>,
}

impl Work {
    /// A commit says when the work is due.
    pub(super) const fn set_due(&mut self, due: Option<Timestamp>) {
        self.due = due;
        self.asked = None;
    }

    /// The epoch of the lease that holds at `now`.
    pub(super) fn epoch_at(&self, now: Timestamp) -> Option<u64> {
        self.holder.filter(|(_, until)| now < *until).map(|_| self.epoch)
    }

    pub(super) const fn renew(&mut self, worker: WorkerId, until: Timestamp) {
        self.holder = Some((worker, until));
    }

    pub(super) const fn give_up(&mut self, asked: Option<Timestamp>) {
        self.holder = None;
        self.asked = asked;
    }

    fn due_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.asked.or(self.due).filter(|due| *due <= now && self.epoch_at(now).is_none())
    }
}

impl Tenant {
    /// The work that `lease` is on, if it is the latest lease and holds.
    pub(super) fn held(&mut self, lease: &Lease, now: Timestamp) -> Result<&mut Work, StoreError> {
        let work = self.work.get_mut(&lease.work).ok_or(StoreError::LeaseLost)?;
        if work.epoch_at(now) == Some(lease.epoch) { Ok(work) } else { Err(StoreError::LeaseLost) }
    }
}

/// Gives what is due and unheld to the worker, the longest due first.
pub(super) fn claim(tenants: &mut Tenants, request: ClaimRequest, now: Timestamp) -> Vec<Lease> {
    let mut due: Vec<(Timestamp, TenantId, WorkKey)> = tenants
        .iter()
        .flat_map(|(id, rows)| rows.work.iter().map(move |(key, work)| (id, key, work)))
        .filter_map(|(id, key, work)| work.due_at(now).map(|due| (due, id.clone(), *key)))
        .collect();
    due.sort();
    due.truncate(usize::from(request.limit));
    let mut leases = Vec::with_capacity(due.len());
    for (_, tenant, key) in due {
        let Some(work) = tenants.get_mut(&tenant).and_then(|rows| rows.work.get_mut(&key)) else { continue };
        let until = now.plus_micros(request.lease_micros);
        work.epoch = work.epoch.saturating_add(1);
        work.renew(request.worker, until);
        leases.push(Lease { tenant, work: key, worker: request.worker, epoch: work.epoch, until, now });
    }
    leases
}
