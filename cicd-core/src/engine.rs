//! The engine: load, check, decide, commit. Workers that drive executors go through the same door.

mod access;
mod audience;
mod builder;
mod carry_out;
mod cd_configs;
mod change;
mod ci_configs;
mod deliveries;
mod denial;
mod deployments;
mod ending;
mod error;
mod facts;
mod governance;
mod grants;
mod operation;
mod pages;
mod queue;
mod read;
mod releases;
mod report;
mod rights;
mod rollbacks;
mod runs;
#[cfg(feature = "tokio")]
mod runtime;
mod services;
mod sessions;
mod sources;
mod steering;
mod subscribe;
mod timer;
mod token_uses;
mod turns;
mod votes;
mod waiting;
mod worker;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

pub use access::NewToken;
pub use audience::Audience;
pub use builder::{BuildError, EngineBuilder};
pub use deliveries::{DeliverError, Delivered};
pub use error::EngineError;
pub use operation::{Options, Outcome};
pub use pages::{Answer, Question, View};
pub use read::{
    Attention, AuditQuery, DeploymentGlance, GateQuery, GateStatus, GrantQuery, MOST_DEPLOYMENTS,
    MOST_PENDING, OverviewQuery, PermissionScope, ReleaseDetail, ReleaseGlance, ReleaseQuery, RunningGlance,
    TokenQuery, TokenStatus,
};
#[cfg(feature = "tokio")]
pub use runtime::{TokioTimer, Workers};
pub use sessions::{SESSION_IDLE_SECONDS, SESSION_SECONDS, Session};
pub use steering::Steer;
pub use timer::Timer;
pub use token_uses::TOKEN_USE_SECONDS;
pub use votes::VoteDraft;
pub use waiting::MOST_WAITING;
pub use worker::{Worker, WorkerConfig};

pub use crate::authz::{Permission, Permissions};
pub use crate::release::draft::{ArtifactSource, ReleaseDraft};
pub use crate::release::explanation::Explanation;

use crate::ci::CiRules;
use crate::id::{ExecutorName, TenantId};
use crate::port::{
    Authorizer, Blobs, CiExecutor, DeployExecutor, IdSource, Observer, Secrets, Store, StoreError,
};
use denial::Denials;
use pages::Pages;
use token_uses::TokenUses;
use turns::Turns;
use waiting::Waiting;

/// The release-governance engine. Clones share everything.
///
/// It starts no runtime, reads no clock and installs no subscriber: time comes from the store, waiting from the [`Timer`].
///
/// ```
/// # #[cfg(all(feature = "memory", feature = "tokio"))]
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::sync::Arc;
///
/// use cicd_core::engine::{Engine, Options};
/// use cicd_core::memory::{MemoryBlobs, MemoryStore, RoleTable, SequentialIds, SteppedClock};
/// use cicd_core::service::ServiceDraft;
/// use cicd_core::timeline::TimelineQuery;
///
/// let engine = Engine::builder()
///     .store(MemoryStore::new(SteppedClock::default()))
///     .blobs(Arc::new(MemoryBlobs::default()))
///     .ids(SequentialIds::default())
///     .authorizer(RoleTable::default())
///     .build()?;
/// let token = engine.bootstrap(&"acme".parse()?, &"ada".parse()?).await?.ok_or("acme is not new")?;
/// let ada = engine.authenticate(&token.secret.unwrap_or_default()).await?.ok_or("not a token")?;
/// let shop = ServiceDraft { name: "Shop".into(), description: String::new() };
/// engine.put_service(&ada, &"shop".parse()?, &shop, &Options::default()).await?;
/// for entry in engine.service_timeline(&ada, &"shop".parse()?, &TimelineQuery::default()).await?.items {
///     println!("{} {}", entry.at, entry.summary);
/// }
/// # Ok(())
/// # }
/// # #[cfg(not(all(feature = "memory", feature = "tokio")))]
/// # fn main() {}
/// ```
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    store: Arc<dyn Store>,
    authorizer: Arc<dyn Authorizer>,
    blobs: Arc<dyn Blobs>,
    ids: Arc<dyn IdSource>,
    secrets: Option<Arc<dyn Secrets>>,
    timer: Arc<dyn Timer>,
    ci_executors: BTreeMap<ExecutorName, Arc<dyn CiExecutor>>,
    deploy_executors: BTreeMap<ExecutorName, Arc<dyn DeployExecutor>>,
    ci_rules: CiRules,
    turns: Turns,
    denials: Denials,
    waiting: Waiting,
    committed: event_listener::Event,
    observer: Option<Arc<dyn Observer>>,
    pages: Option<Pages>,
    token_uses: TokenUses,
}

impl Engine {
    /// Begins to put an engine together.
    #[must_use]
    pub fn builder() -> EngineBuilder {
        EngineBuilder::default()
    }

    /// Where artifacts and logs are kept.
    #[must_use]
    pub fn blobs(&self) -> &Arc<dyn Blobs> {
        &self.0.blobs
    }

    /// The names of the executors that build, and of those that roll out.
    #[must_use]
    pub fn executors(&self) -> (Vec<&ExecutorName>, Vec<&ExecutorName>) {
        (self.0.ci_executors.keys().collect(), self.0.deploy_executors.keys().collect())
    }

    /// Every tenant that has an event.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], which makes this a probe for readiness too.
    pub async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        self.0.store.tenants().await
    }

    fn store(&self) -> &dyn Store {
        &*self.0.store
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("executors", &self.executors()).finish_non_exhaustive()
    }
}
