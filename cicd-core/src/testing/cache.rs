//! The contract of [`Cache`], one case for each of its sentences.

mod heads;
mod lives;
mod pages;

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::authz::Object;
use crate::id::TenantId;
use crate::port::{Cache, CachedPage, HeadOf, Heads, PageKey};
use crate::testing::builders::tenant;

type Case = fn(CacheFixture) -> BoxFuture<'static, ()>;
type Pass = Arc<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>;

/// A cache under test: empty.
#[derive(Clone)]
pub struct CacheFixture {
    cache: Arc<dyn Cache>,
    life: Duration,
    pass: Pass,
    _kept: Option<Arc<dyn Any + Send + Sync>>,
}

impl CacheFixture {
    /// `cache`, whose heads live `life`. `pass` lets that much of the cache's time pass, and no more than the life of a head
    /// longer than asked where the clock can't be stepped: choose a life that the machine can keep.
    #[must_use]
    pub fn new(
        cache: impl Cache,
        life: Duration,
        pass: impl Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync + 'static,
    ) -> Self {
        Self { cache: Arc::new(cache), life, pass: Arc::new(pass), _kept: None }
    }

    /// The same, with something that lives as long as the case, such as a server that is stopped after it.
    #[must_use]
    pub fn keeping(self, kept: impl Send + Sync + 'static) -> Self {
        Self { _kept: Some(Arc::new(kept)), ..self }
    }

    /// What is known of the shop now.
    async fn look(&self) -> Heads {
        self.cache.heads(&acme(), &[shop()]).await
    }

    async fn known(&self) -> Option<u64> {
        let heads = self.look().await;
        assert_eq!(heads.seqs.len(), 1, "as many as were asked for");
        heads.seqs[0]
    }

    async fn learn(&self, seq: u64, seen: &Heads) {
        self.cache.learn(&acme(), &[shop()], seq, seen.looked_at).await;
    }

    async fn raise(&self, seq: u64) {
        self.cache.raise(&acme(), &[shop()], seq).await;
    }

    /// Lets a share of a head's life pass, in percent.
    async fn pass(&self, percent: u32) {
        (self.pass)(self.life * percent / 100).await;
    }
}

impl fmt::Debug for CacheFixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheFixture").field("life", &self.life).finish_non_exhaustive()
    }
}

fn acme() -> TenantId {
    tenant("acme")
}

fn shop() -> HeadOf {
    HeadOf::Service("shop".parse().expect("a slug"))
}

fn key(heads: &[u64]) -> PageKey {
    PageKey { tenant: acme(), question: "timeline of `shop`".to_owned(), heads: heads.to_vec() }
}

fn page(body: &str) -> Arc<CachedPage> {
    let object = Object::service("shop".parse().expect("a slug"));
    Arc::new(CachedPage { object, body: body.as_bytes().into() })
}

/// Lists every case once: the table that [`run_case`] reads, and the tests that `cache_conformance!` writes.
macro_rules! cases {
    ($d:tt $($room:ident { $($case:ident)+ })+) => {
        const CASES: &[(&str, Case)] = &[$($((stringify!($case), |fixture| Box::pin($room::$case(fixture))),)+)+];

        /// Writes one test for each case of the contract of caches. The factory is a function or closure without arguments
        /// whose future gives a [`CacheFixture`](crate::testing::cache::CacheFixture); the crate needs `tokio` with the
        /// features `macros` and `rt-multi-thread`.
        #[macro_export]
        macro_rules! cache_conformance {
            ($d factory:expr) => {
                $($(
                    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                    async fn $case() {
                        $d crate::testing::cache::run_case(stringify!($case), ($d factory)().await).await;
                    }
                )+)+
            };
        }
    };
}

cases! { $
    heads {
        an_empty_cache_knows_nothing
        what_was_learned_is_known
        heads_come_in_the_order_that_was_asked_for
        a_head_never_goes_back
        a_commit_lifts_a_head_that_is_known
        a_commit_teaches_nothing
        who_looked_before_a_commit_teaches_nothing_older
        many_commits_at_once_leave_the_highest
        sequences_are_kept_whole
        heads_of_another_tenant_are_not_there
        a_look_that_told_nothing_teaches_nothing
    }
    lives {
        a_head_is_forgotten_after_its_life
        a_life_is_counted_from_the_look
        a_commit_prolongs_no_life
        a_second_look_prolongs_a_life
        a_commit_that_comes_late_revives_nothing
    }
    pages {
        a_page_is_found_under_its_key
        other_heads_are_another_page
        another_question_is_another_page
        pages_of_another_tenant_are_not_there
        what_is_kept_stays_as_it_is
        a_page_may_hold_any_bytes
        a_page_may_be_large
    }
}

/// Runs the case `name`.
///
/// # Panics
/// When the cache breaks the contract, or there is no such case.
pub async fn run_case(name: &str, fixture: CacheFixture) {
    let case = CASES.iter().find(|(case, _)| *case == name).map(|(_, run)| run);
    case.unwrap_or_else(|| panic!("`{name}` is no case"))(fixture).await;
}
