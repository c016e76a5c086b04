//! What every handler shares.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::OriginalUri;
use axum::http::Uri;
use axum::response::Response;
use cicd_core::authz::Caller;
use cicd_core::engine::{Engine, EngineError, Question, View};
use cicd_core::id::{PrincipalId, SourceId, TenantId};
use cicd_core::page::Page;
use cicd_core::port::{ListQuery, Record};

use crate::authn::{Authenticator, Failures};
use crate::extract::{Paging, Seen};
use crate::limits::SESSIONS_PER_SECOND;
use crate::live::{Feeds, Places};
use crate::metrics::Metrics;
use crate::origin::Network;
use crate::pages::Pages;
use crate::problem::{Kind, Problem};
use crate::rate::Limiter;
use crate::reply;
use crate::router::RouterOptions;

/// The engine, who authenticates, and what the probes tell of the host.
#[derive(Clone)]
pub(crate) struct Api(Arc<Inner>);

struct Inner {
    engine: Engine,
    authenticator: Arc<dyn Authenticator>,
    options: RouterOptions,
    principals: Limiter<(TenantId, PrincipalId)>,
    addresses: Limiter<IpAddr>,
    sessions: Limiter<(TenantId, PrincipalId)>,
    unverified: Failures<Option<SourceId>>,
    unknown: Failures<Option<SourceId>>,
    feeds: Feeds,
    places: Places,
}

impl Api {
    pub(crate) fn new(engine: Engine, authenticator: Arc<dyn Authenticator>, options: RouterOptions) -> Self {
        Self(Arc::new(Inner {
            engine,
            authenticator,
            principals: Limiter::new(options.rates.per_principal),
            addresses: Limiter::new(options.rates.per_address),
            sessions: Limiter::new(SESSIONS_PER_SECOND),
            options,
            feeds: Feeds::default(),
            places: Places::default(),
            unverified: Failures::default(),
            unknown: Failures::default(),
        }))
    }

    /// The engine.
    pub(crate) fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// One page of rows, after the cursor that the page before gave.
    ///
    /// # Errors
    /// 400 for a cursor that no page gave; what the engine refuses.
    pub(crate) async fn list(
        &self,
        caller: &Caller,
        query: &ListQuery,
        paging: &Paging,
    ) -> Result<Page<Record>, Problem> {
        let page = self.engine().list(caller, query, paging.after.as_deref(), paging.limit).await;
        Ok(paging.sealed(readable(page)?))
    }

    /// The answer to a question as `view` writes it, with all that was committed up to `seen`.
    ///
    /// # Errors
    /// 400 for a cursor that no page gave; what the engine refuses.
    pub(crate) async fn page(
        &self,
        caller: &Caller,
        question: &Question,
        view: &View,
        Seen(seen): Seen,
    ) -> Result<Response, Problem> {
        Ok(reply::written_before(readable(self.engine().page(caller, question, view, seen).await)?))
    }

    /// The pages at the router's root.
    pub(crate) fn pages(&self) -> Pages {
        self.0.options.pages
    }

    /// Who says who asks.
    pub(crate) fn authenticator(&self) -> &dyn Authenticator {
        &*self.0.authenticator
    }

    /// The deliveries that were not verified, by the source that they were for.
    pub(crate) fn unverified(&self) -> &Failures<Option<SourceId>> {
        &self.0.unverified
    }

    /// The deliveries to sources that are not there, by what the sender called them; `None` for no name of one.
    pub(crate) fn unknown(&self) -> &Failures<Option<SourceId>> {
        &self.0.unknown
    }

    /// What is committed, for those who listen.
    pub(crate) fn feeds(&self) -> &Feeds {
        &self.0.feeds
    }

    /// How many streams each principal has.
    pub(crate) fn places(&self) -> &Places {
        &self.0.places
    }

    /// How many requests principals send.
    pub(crate) fn principals(&self) -> &Limiter<(TenantId, PrincipalId)> {
        &self.0.principals
    }

    /// How many sessions principals open.
    pub(crate) fn sessions(&self) -> &Limiter<(TenantId, PrincipalId)> {
        &self.0.sessions
    }

    /// How many requests addresses send.
    pub(crate) fn addresses(&self) -> &Limiter<IpAddr> {
        &self.0.addresses
    }

    /// What is counted.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.options.metrics
    }

    /// Whether metrics are told elsewhere.
    pub(crate) fn metrics_are_apart(&self) -> bool {
        self.0.options.metrics_apart
    }

    /// Who is believed about where a request comes from.
    pub(crate) fn trusted_proxies(&self) -> &[Network] {
        &self.0.options.trusted_proxies
    }

    /// Whether the host runs with less protection than one for others.
    pub(crate) fn is_dev(&self) -> bool {
        self.0.options.dev
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("engine", &self.0.engine).finish_non_exhaustive()
    }
}

/// What was read, or 400 for a cursor that no page gave.
pub(crate) fn readable<T>(page: Result<T, EngineError>) -> Result<T, Problem> {
    match page {
        Err(EngineError::Invalid(violations)) => Err(Problem::violations(Kind::MalformedQuery, &violations)),
        page => Ok(page?),
    }
}

/// The path of `below` the API, under whatever prefix the host nested the router.
pub(crate) fn location(original: &OriginalUri, uri: &Uri, below: impl fmt::Display) -> String {
    // Nested, the router's root is asked for without a slash, and is `/` to the router.
    let without_slash = if uri.path() == "/" { original.path() } else { "" };
    let prefix = original.path().strip_suffix(uri.path()).unwrap_or(without_slash);
    format!("{prefix}{below}")
}
