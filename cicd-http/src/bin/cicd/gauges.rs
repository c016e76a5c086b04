//! What metrics tell of the database, looked up every now and then: nobody who asks for metrics makes the host read it.

use std::time::Duration;

use cicd_core::engine::Engine;
use cicd_http::Metrics;

/// As often as Prometheus asks, where nobody says otherwise.
const EVERY: Duration = Duration::from_secs(15);

/// Looks until the host ends.
pub(crate) async fn look(metrics: Metrics, engine: Engine) {
    loop {
        if let Err(error) = metrics.look(&engine).await {
            tracing::warn!(%error, "what waits for votes can't be counted");
        }
        tokio::time::sleep(EVERY).await;
    }
}
