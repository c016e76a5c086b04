//! Pages through the cache: found under the heads of all that they depend on, made once where they are not there, and given
//! only to readers who may have them.

mod flights;
mod look;
mod question;
mod read;
mod touched;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Engine, EngineError};
use crate::authz::{Action, Caller, PolicySnapshot};
use crate::id::TenantId;
use crate::port::{Cache, CachedPage, HeadOf, Heads, Load, PageKey};
use flights::Flights;
use look::Look;
pub use question::{Answer, Question, View};
pub(super) use touched::touched;

/// How many tenants' grants are remembered for readers.
const TENANTS: usize = 1024;

/// The cache, and what this process knows besides.
pub(super) struct Pages {
    cache: Arc<dyn Cache>,
    /// The grants of each tenant, and the sequence up to which they are known.
    grants: Mutex<HashMap<TenantId, (u64, PolicySnapshot)>>,
    /// How many changes this process has committed: who asks after one doesn't join a look from before it.
    commits: AtomicU64,
    looks: Flights<(TenantId, Vec<HeadOf>, u64), Look>,
    fills: Flights<PageKey, Arc<CachedPage>>,
}

/// Up to where a page has to be complete, and under which grants it is given.
struct Basis {
    heads: Vec<u64>,
    policy: PolicySnapshot,
}

impl Pages {
    pub(super) fn new(cache: Arc<dyn Cache>) -> Self {
        Self {
            cache,
            grants: Mutex::default(),
            commits: AtomicU64::default(),
            looks: Flights::default(),
            fills: Flights::default(),
        }
    }

    /// Tells the cache what a commit touched.
    pub(super) async fn committed(&self, tenant: &TenantId, touched: &[HeadOf], seq: u64) {
        self.commits.fetch_add(1, Ordering::SeqCst);
        self.cache.raise(tenant, touched, seq).await;
    }

    /// What the cache knows, where that is all that is asked for: every head, none below `seen`, and grants of this process
    /// that are as new as the head of governance, which comes last.
    fn known(&self, tenant: &TenantId, heads: &Heads, seen: Option<u64>) -> Option<Basis> {
        let mut heads = heads.seqs.iter().copied().collect::<Option<Vec<u64>>>()?;
        if heads.iter().any(|head| Some(*head) < seen) {
            return None;
        }
        let governance = heads.pop()?;
        let (_, policy) = self.grants().get(tenant).filter(|(seq, _)| *seq >= governance)?.clone();
        Some(Basis { heads, policy })
    }

    fn remember(&self, tenant: &TenantId, look: &Look) {
        let mut grants = self.grants();
        if grants.len() >= TENANTS && !grants.contains_key(tenant) {
            grants.clear();
        }
        let entry = grants.entry(tenant.clone()).or_insert_with(|| (look.seq, look.policy.clone()));
        if entry.0 < look.seq {
            *entry = (look.seq, look.policy.clone());
        }
    }

    fn grants(&self) -> MutexGuard<'_, HashMap<TenantId, (u64, PolicySnapshot)>> {
        self.grants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// The answer to a question, written as `view` says: from the cache, where the engine has one and finds it there.
    ///
    /// It is what the store said at most one life of a head ago, and never misses what was committed up to `seen`, the sequence
    /// of the reader's own last write. Every reader is asked for its right; a right that was taken may last one life more, and
    /// nothing but reading goes by it.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`], [`EngineError::Invalid`] when the question has a cursor that no page
    /// gave.
    pub async fn page(
        &self,
        caller: &Caller,
        question: &Question,
        view: &View,
        seen: Option<u64>,
    ) -> Result<Arc<[u8]>, EngineError> {
        let Some(pages) = &self.0.pages else {
            return Ok(view.written(self.answer(caller, question).await?)?.into());
        };
        let tenant = &caller.tenant;
        let of = self.heads_of(pages, tenant, question).await?;
        let basis = self.basis(pages, tenant, &of, seen).await?;
        let key = PageKey { tenant: tenant.clone(), question: question.text(view), heads: basis.heads };
        let page = match pages.cache.page(&key).await {
            Some(page) => page,
            None => self.fill(pages, key, question, view).await?,
        };
        if !self.allows(caller, Action::Read, &page.object, &basis.policy).await {
            // What is remembered grants too little, so the store is asked before anybody is denied.
            let snapshot = self.store().load(tenant, &Load::tenant()).await?;
            self.check(caller, Action::Read, &page.object, &snapshot).await?;
        }
        Ok(Arc::clone(&page.body))
    }

    async fn basis(
        &self,
        pages: &Pages,
        tenant: &TenantId,
        of: &[HeadOf],
        seen: Option<u64>,
    ) -> Result<Basis, EngineError> {
        let mut asked = of.to_vec();
        asked.push(HeadOf::Governance);
        let commits = pages.commits.load(Ordering::SeqCst);
        let heads = pages.cache.heads(tenant, &asked).await;
        if let Some(basis) = pages.known(tenant, &heads, seen).filter(|basis| basis.heads.len() == of.len()) {
            return Ok(basis);
        }
        let since = heads.looked_at;
        let look = |tenant: TenantId, asked: Vec<HeadOf>| self.clone().look_anew(tenant, asked, since);
        let mut look_made = pages
            .looks
            .join((tenant.clone(), asked.clone(), commits), || look(tenant.clone(), asked.clone()))
            .await?;
        if Some(look_made.seq) < seen {
            // It began before the reader's own write, on another host, was there.
            look_made = look(tenant.clone(), asked).await?;
        }
        pages.remember(tenant, &look_made);
        Ok(Basis { heads: vec![look_made.seq; of.len()], policy: look_made.policy })
    }

    async fn fill(
        &self,
        pages: &Pages,
        key: PageKey,
        question: &Question,
        view: &View,
    ) -> Result<Arc<CachedPage>, EngineError> {
        let (engine, kept_under) = (self.clone(), key.clone());
        let (question, view) = (question.clone(), view.clone());
        pages
            .fills
            .join(key, || async move {
                let (object, answer) = engine.read(&kept_under.tenant, &question).await?;
                let page = Arc::new(CachedPage { object, body: view.written(answer)?.into() });
                if let Some(pages) = &engine.0.pages {
                    pages.cache.keep(&kept_under, &page).await;
                }
                Ok(page)
            })
            .await
    }
}
