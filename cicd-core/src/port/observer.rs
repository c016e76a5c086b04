//! Counting what an engine does.

use super::Committed;
use crate::audit::AuditEvent;

/// Hears of what this engine has done, in order to count it: after the fact, without a say in it, and without delay, for the
/// engine waits until it returns. What other processes commit it does not hear of, so that the counts of several hosts add up.
pub trait Observer: Send + Sync + 'static {
    /// A change was committed, with these events in the ledger.
    fn committed(&self, events: &[AuditEvent], committed: &Committed);

    /// Work turned out to be in other hands: its lease ran out while it was under way.
    fn lease_lost(&self);
}
