//! Puts an engine together.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::denial::Denials;
use super::pages::Pages;
use super::token_uses::TokenUses;
use super::turns::Turns;
use super::waiting::Waiting;
use super::{Engine, Inner, Timer};
use crate::ci::CiRules;
use crate::id::{ExecutorName, ParseIdError};
use crate::port::{Authorizer, Blobs, Cache, CiExecutor, DeployExecutor, IdSource, Observer, Secrets, Store};

/// Why an engine can't be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// A part is missing.
    #[error("the engine lacks its {part}; call `EngineBuilder::{part}`")]
    Missing {
        /// The part.
        part: &'static str,
    },
    /// An executor has a name that configs can't spell.
    #[error(transparent)]
    Name(#[from] ParseIdError),
}

/// The parts of an engine. Store, authorizer, blobs and ids are required; so is a timer without the feature `tokio`.
#[derive(Default)]
pub struct EngineBuilder {
    store: Option<Arc<dyn Store>>,
    authorizer: Option<Arc<dyn Authorizer>>,
    blobs: Option<Arc<dyn Blobs>>,
    ids: Option<Arc<dyn IdSource>>,
    secrets: Option<Arc<dyn Secrets>>,
    timer: Option<Arc<dyn Timer>>,
    ci_executors: Vec<(String, Arc<dyn CiExecutor>)>,
    deploy_executors: Vec<(String, Arc<dyn DeployExecutor>)>,
    ci_rules: CiRules,
    observer: Option<Arc<dyn Observer>>,
    cache: Option<Arc<dyn Cache>>,
}

impl EngineBuilder {
    /// Keeps everything in `store`.
    #[must_use]
    pub fn store(self, store: impl Store) -> Self {
        self.shared_store(Arc::new(store))
    }

    /// The same with a store that is known only when the program runs.
    #[must_use]
    pub fn shared_store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = Some(store);
        self
    }

    /// Asks `authorizer` who may do what.
    #[must_use]
    pub fn authorizer(mut self, authorizer: impl Authorizer) -> Self {
        self.authorizer = Some(Arc::new(authorizer));
        self
    }

    /// Keeps artifacts and logs in `blobs`, which executors share.
    #[must_use]
    pub fn blobs(mut self, blobs: Arc<dyn Blobs>) -> Self {
        self.blobs = Some(blobs);
        self
    }

    /// Draws ids and tokens from `ids`.
    #[must_use]
    pub fn ids(mut self, ids: impl IdSource) -> Self {
        self.ids = Some(Arc::new(ids));
        self
    }

    /// Resolves the secrets of sources with `secrets`. Without them no source can be set up.
    #[must_use]
    pub fn secrets(mut self, secrets: Arc<dyn Secrets>) -> Self {
        self.secrets = Some(secrets);
        self
    }

    /// Keeps pages in `cache`. Without one every read asks the store.
    #[must_use]
    pub fn cache(self, cache: impl Cache) -> Self {
        self.shared_cache(Arc::new(cache))
    }

    /// The same with a cache that is known only when the program runs.
    #[must_use]
    pub fn shared_cache(mut self, cache: Arc<dyn Cache>) -> Self {
        self.cache = Some(cache);
        self
    }

    /// Waits with `timer`.
    #[must_use]
    pub fn timer(mut self, timer: impl Timer) -> Self {
        self.timer = Some(Arc::new(timer));
        self
    }

    /// Builds with `executor` what names it.
    #[must_use]
    pub fn ci_executor(mut self, name: &str, executor: impl CiExecutor) -> Self {
        self.ci_executors.push((name.to_owned(), Arc::new(executor)));
        self
    }

    /// Rolls out with `executor` what names it.
    #[must_use]
    pub fn deploy_executor(mut self, name: &str, executor: impl DeployExecutor) -> Self {
        self.deploy_executors.push((name.to_owned(), Arc::new(executor)));
        self
    }

    /// What this host allows in CI configs beyond the default.
    #[must_use]
    pub const fn ci_rules(mut self, rules: CiRules) -> Self {
        self.ci_rules = rules;
        self
    }

    /// Tells `observer` what is done, to be counted.
    #[must_use]
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// The engine.
    ///
    /// # Errors
    /// [`BuildError`] when a part is missing or an executor's name is no slug.
    pub fn build(self) -> Result<Engine, BuildError> {
        Ok(Engine(Arc::new(Inner {
            store: required(self.store, "store")?,
            authorizer: required(self.authorizer, "authorizer")?,
            blobs: required(self.blobs, "blobs")?,
            ids: required(self.ids, "ids")?,
            secrets: self.secrets,
            timer: required(self.timer.or_else(default_timer), "timer")?,
            ci_executors: named(self.ci_executors)?,
            deploy_executors: named(self.deploy_executors)?,
            ci_rules: self.ci_rules,
            turns: Turns::default(),
            denials: Denials::default(),
            waiting: Waiting::default(),
            committed: event_listener::Event::new(),
            observer: self.observer,
            pages: self.cache.map(Pages::new),
            token_uses: TokenUses::default(),
        })))
    }
}

fn required<T>(part: Option<T>, name: &'static str) -> Result<T, BuildError> {
    part.ok_or(BuildError::Missing { part: name })
}

fn named<T>(executors: Vec<(String, T)>) -> Result<BTreeMap<ExecutorName, T>, BuildError> {
    executors.into_iter().map(|(name, executor)| Ok((name.parse()?, executor))).collect()
}

#[cfg(feature = "tokio")]
#[expect(clippy::unnecessary_wraps, reason = "without the feature there is no default")]
fn default_timer() -> Option<Arc<dyn Timer>> {
    Some(Arc::new(super::TokioTimer))
}

#[cfg(not(feature = "tokio"))]
fn default_timer() -> Option<Arc<dyn Timer>> {
    None
}

impl fmt::Debug for EngineBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineBuilder").field("ci_rules", &self.ci_rules).finish_non_exhaustive()
    }
}
