//! Verdicts that were given, remembered for as long as the grants they rest on stand.

use std::collections::{BTreeSet, HashMap};
use std::sync::{PoisonError, RwLock};

use cicd_core::authz::{Action, Caller, Object, PrincipalKind, Verdict};
use cicd_core::id::{PrincipalId, Role, TenantId};

/// Everything of a call that a verdict depends on, beside tenant and epoch.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    principal: PrincipalId,
    kind: PrincipalKind,
    limited_to: Option<BTreeSet<Role>>,
    action: Action,
    object: Object,
}

impl Question {
    pub(crate) fn new(caller: &Caller, action: Action, object: &Object) -> Self {
        Self {
            principal: caller.principal.clone(),
            kind: caller.kind,
            limited_to: caller.limited_to.clone(),
            action,
            object: object.clone(),
        }
    }
}

/// One epoch of one tenant.
#[derive(Default)]
struct Remembered {
    epoch: u64,
    verdicts: HashMap<Question, Verdict>,
}

#[derive(Default)]
struct Tenants {
    newest: HashMap<TenantId, Remembered>,
    /// How many verdicts there are in all.
    count: usize,
}

/// The verdicts of each tenant's newest epoch, at most `capacity` of all tenants together.
pub(crate) struct Memory {
    capacity: usize,
    tenants: RwLock<Tenants>,
}

impl Memory {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity, tenants: RwLock::default() }
    }

    /// The verdict on `question` under exactly this epoch.
    pub(crate) fn recall(&self, tenant: &TenantId, epoch: u64, question: &Question) -> Option<Verdict> {
        let tenants = self.tenants.read().unwrap_or_else(PoisonError::into_inner);
        let remembered = tenants.newest.get(tenant).filter(|remembered| remembered.epoch == epoch)?;
        remembered.verdicts.get(question).cloned()
    }

    /// Keeps a verdict, unless its epoch is over. What belongs to an older epoch goes.
    pub(crate) fn remember(&self, tenant: &TenantId, epoch: u64, question: Question, verdict: Verdict) {
        let mut tenants = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
        if tenants.newest.get(tenant).is_some_and(|remembered| remembered.epoch > epoch) {
            return;
        }
        if tenants.count >= self.capacity {
            *tenants = Tenants::default();
        }
        let Tenants { newest, count } = &mut *tenants;
        let remembered = newest.entry(tenant.clone()).or_default();
        if remembered.epoch != epoch {
            *count = count.saturating_sub(remembered.verdicts.len());
            *remembered = Remembered { epoch, ..Remembered::default() };
        }
        if remembered.verdicts.insert(question, verdict).is_none() {
            *count += 1;
        }
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        let tenants = self.tenants.read().unwrap();
        let held = tenants.newest.values().map(|remembered| remembered.verdicts.len()).sum();
        assert_eq!(tenants.count, held);
        held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(number: usize) -> (TenantId, Question) {
        let tenant: TenantId = "acme".parse().unwrap();
        let caller = Caller::person(tenant.clone(), format!("p{number}").parse().unwrap());
        (tenant, Question::new(&caller, Action::Read, &Object::tenant()))
    }

    #[test]
    fn only_the_very_epoch_is_recalled() {
        let memory = Memory::new(10);
        let (tenant, asked) = question(0);
        memory.remember(&tenant, 5, asked.clone(), Verdict::Allow);
        assert_eq!(memory.recall(&tenant, 5, &asked), Some(Verdict::Allow));
        assert_eq!(memory.recall(&tenant, 4, &asked), None);
        assert_eq!(memory.recall(&tenant, 6, &asked), None);
        assert_eq!(memory.recall(&"globex".parse().unwrap(), 5, &asked), None);
    }

    #[test]
    fn an_epoch_that_is_over_is_dropped_and_stays_so() {
        let memory = Memory::new(10);
        let (tenant, asked) = question(0);
        let deny = Verdict::Deny { reason: "r".into() };
        memory.remember(&tenant, 5, asked.clone(), Verdict::Allow);
        memory.remember(&tenant, 6, question(1).1, deny.clone());
        assert_eq!(memory.recall(&tenant, 5, &asked), None);
        memory.remember(&tenant, 5, asked.clone(), Verdict::Allow);
        assert_eq!(memory.recall(&tenant, 5, &asked), None);
        assert_eq!(memory.recall(&tenant, 6, &question(1).1), Some(deny));
        assert_eq!(memory.len(), 1);
    }

    #[test]
    fn it_never_holds_more_than_its_capacity() {
        let memory = Memory::new(3);
        for number in 0..100 {
            let (tenant, asked) = question(number);
            memory.remember(&tenant, 1, asked.clone(), Verdict::Allow);
            assert!(memory.len() <= 3);
            assert_eq!(memory.recall(&tenant, 1, &asked), Some(Verdict::Allow));
        }
    }
}
