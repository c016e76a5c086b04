//! Metrics in the text format of Prometheus. No id, name or address is a label: labels have few values, and tell nobody's business.

mod executors;
mod labels;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use cicd_core::audit::AuditEvent;
use cicd_core::engine::Engine;
use cicd_core::port::{Committed, Observer, Record, StoreError};
use cicd_core::release::Release;
use cicd_core::source::Provider;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

pub use executors::Counted;
use labels::{
    CallLabels, DeliveryLabels, ReleaseLabels, RequestLabels, RollbackLabels, RouteLabels, TierLabels,
};

/// The media type of [`Metrics::text`].
pub(crate) const MEDIA: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

const MICROS: f64 = 1_000_000.0;

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

/// What one host counts since it started. Clones count together: one goes to the engine as its [`Observer`], one to the router.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    request_seconds: Histograms<RouteLabels>,
    releases: Family<ReleaseLabels, Counter>,
    release_seconds: Histograms<TierLabels>,
    approval_seconds: Histograms<TierLabels>,
    approvals_pending: Family<TierLabels, Gauge>,
    rollbacks: Family<RollbackLabels, Counter>,
    calls: Family<CallLabels, Counter>,
    deliveries: Family<DeliveryLabels, Counter>,
    lease_lost: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut inner = Inner {
            registry: Registry::with_prefix("cicd"),
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(fast),
            releases: Family::default(),
            release_seconds: Family::new_with_constructor(slow),
            approval_seconds: Family::new_with_constructor(slow),
            approvals_pending: Family::default(),
            rollbacks: Family::default(),
            calls: Family::default(),
            deliveries: Family::default(),
            lease_lost: Counter::default(),
        };
        inner.register();
        Self(Arc::new(inner))
    }
}

impl Metrics {
    /// Everything that was counted.
    ///
    /// # Errors
    /// A defect of the encoder.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.0.registry)?;
        Ok(text)
    }

    /// Counts a request that was answered. `route` is its pattern, with no value of a caller in it.
    pub(crate) fn answered(&self, method: &Method, route: Option<&str>, status: StatusCode, took: Duration) {
        let route = route.unwrap_or("none").to_owned();
        // A method that nobody knows is the caller's own word.
        let known = [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::HEAD, Method::OPTIONS];
        let method = if known.contains(method) { method.to_string() } else { "other".to_owned() };
        let labels = RequestLabels { method, route: route.clone(), status: status.as_u16() };
        self.0.requests.get_or_create(&labels).inc();
        self.0.request_seconds.get_or_create(&RouteLabels { route }).observe(took.as_secs_f64());
    }

    fn called(&self, executor: &str, outcome: &'static str) {
        self.0.calls.get_or_create(&CallLabels { executor: executor.to_owned(), outcome }).inc();
    }

    /// Counts a delivery of a source; `provider` is who sent it, where that is known.
    pub(crate) fn delivered(&self, provider: Option<Provider>, outcome: &'static str) {
        let provider = provider.map_or("unknown", Provider::as_str);
        self.0.deliveries.get_or_create(&DeliveryLabels { direction: "in", provider, outcome }).inc();
    }

    /// Looks up how many releases wait for votes: `cicd_approvals_pending`, which is told from the first look on. It reads the
    /// store ([`Engine::approvals_pending`]), so a host does it every now and then, not for whoever asks for the metrics.
    ///
    /// # Errors
    /// [`StoreError`]; the gauge is then not told, rather than told wrong.
    pub async fn look(&self, engine: &Engine) -> Result<(), StoreError> {
        let pending = engine.approvals_pending().await.inspect_err(|_| self.0.approvals_pending.clear())?;
        for (tier, count) in pending {
            let labels = TierLabels { env_tier: tier.as_str() };
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            self.0.approvals_pending.get_or_create(&labels).set(count);
        }
        Ok(())
    }
}

impl Inner {
    fn register(&mut self) {
        let registry = &mut self.registry;
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "Which binary runs", version);
        registry.register("http_requests", "Requests that were answered", self.requests.clone());
        let help = "Time until an answer began, in seconds";
        registry.register("http_request_duration_seconds", help, self.request_seconds.clone());
        registry.register("releases", "Releases that ended, by how", self.releases.clone());
        let help = "Time from a release's creation to its end, in seconds";
        registry.register("release_duration_seconds", help, self.release_seconds.clone());
        let help = "Time from a release's creation to its approval, in seconds";
        registry.register("approval_wait_seconds", help, self.approval_seconds.clone());
        registry.register(
            "approvals_pending",
            "Releases that wait for votes",
            self.approvals_pending.clone(),
        );
        registry.register("rollbacks", "Rollbacks that somebody asked for", self.rollbacks.clone());
        registry.register("executor_calls", "Calls of executors, by how they ended", self.calls.clone());
        registry.register("webhook_deliveries", "Deliveries of sources", self.deliveries.clone());
        registry.register("lease_lost", "Work that was found in other hands", self.lease_lost.clone());
    }

    fn release(&self, event: &AuditEvent, release: &Release, committed: &Committed) {
        let tier = release.spec.tier.as_str();
        let strategy = release.spec.content.strategy.kind().as_str();
        let micros = committed.at.micros_since(release.created_at);
        #[expect(
            clippy::cast_precision_loss,
            reason = "a histogram's sum is a float, and so much time never passes"
        )]
        let seconds = micros as f64 / MICROS;
        let result = match event.kind.as_str() {
            "release.created" if release.is_rollback() => {
                self.rollbacks.get_or_create(&RollbackLabels { trigger: "asked" }).inc();
                return;
            }
            "release.approved" => {
                self.approval_seconds.get_or_create(&TierLabels { env_tier: tier }).observe(seconds);
                return;
            }
            "release.succeeded" => "succeeded",
            "release.failed" => "failed",
            "release.rejected" => "rejected",
            "release.cancelled" => "cancelled",
            "release.rolled_back" => "rolled_back",
            _ => return,
        };
        self.releases.get_or_create(&ReleaseLabels { env_tier: tier, strategy, result }).inc();
        self.release_seconds.get_or_create(&TierLabels { env_tier: tier }).observe(seconds);
    }
}

impl Observer for Metrics {
    fn committed(&self, events: &[AuditEvent], committed: &Committed) {
        for event in events {
            let is_subject = |release: &&Release| event.subject.release == Some(release.id());
            let releases = committed.records.iter().filter_map(|record| match record {
                Record::Release(release) => Some(release),
                _ => None,
            });
            if let Some(release) = { releases }.find(is_subject) {
                self.0.release(event, release, committed);
            }
        }
    }

    fn lease_lost(&self) {
        self.0.lease_lost.inc();
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

/// From a millisecond to half a minute.
fn fast() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 2.0, 16))
}

/// From a second to six days.
fn slow() -> Histogram {
    Histogram::new(exponential_buckets(1.0, 3.0, 13))
}
