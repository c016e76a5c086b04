//! What every handler shares.

use std::fmt;
use std::sync::Arc;

use axum::extract::OriginalUri;
use axum::http::Uri;
use cicd_core::authz::Caller;
use cicd_core::engine::{Engine, EngineError};
use cicd_core::id::SourceId;
use cicd_core::page::{Limit, Page};
use cicd_core::port::{ListQuery, Record};

use crate::authn::{Authenticator, Failures};
use crate::live::{Feeds, Places};
use crate::problem::{Kind, Problem};

/// The engine, who authenticates, and what the probes tell of the host.
#[derive(Clone)]
pub(crate) struct Api(Arc<Inner>);

struct Inner {
    engine: Engine,
    authenticator: Arc<dyn Authenticator>,
    dev: bool,
    unverified: Failures<Option<SourceId>>,
    feeds: Feeds,
    places: Places,
}

impl Api {
    pub(crate) fn new(engine: Engine, authenticator: Arc<dyn Authenticator>, dev: bool) -> Self {
        Self(Arc::new(Inner {
            engine,
            authenticator,
            dev,
            feeds: Feeds::default(),
            places: Places::default(),
            unverified: Failures::default(),
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
        (after, limit): (Option<String>, Limit),
    ) -> Result<Page<Record>, Problem> {
        match self.engine().list(caller, query, after.as_deref(), limit).await {
            Err(EngineError::Invalid(violations)) => {
                Err(Problem::violations(Kind::MalformedQuery, &violations))
            }
            page => Ok(page?),
        }
    }

    /// Who says who asks.
    pub(crate) fn authenticator(&self) -> &dyn Authenticator {
        &*self.0.authenticator
    }

    /// The deliveries that were not verified, by the source that they were for; `None` for one that is not there.
    pub(crate) fn unverified(&self) -> &Failures<Option<SourceId>> {
        &self.0.unverified
    }

    /// What is committed, for those who listen.
    pub(crate) fn feeds(&self) -> &Feeds {
        &self.0.feeds
    }

    /// How many streams each principal has.
    pub(crate) fn places(&self) -> &Places {
        &self.0.places
    }

    /// Whether the host runs with less protection than one for others.
    pub(crate) fn is_dev(&self) -> bool {
        self.0.dev
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("engine", &self.0.engine).finish_non_exhaustive()
    }
}

/// The path of `below` the API, under whatever prefix the host nested the router.
pub(crate) fn location(original: &OriginalUri, uri: &Uri, below: impl fmt::Display) -> String {
    let prefix = original.path().strip_suffix(uri.path()).unwrap_or_default();
    format!("{prefix}{below}")
}
