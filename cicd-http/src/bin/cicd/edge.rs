//! What the host takes from whom.

use std::net::SocketAddr;

use cicd_http::{Metrics, Network, Pages, Rates, RouterOptions, metrics_router, server};
use clap::Args;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Edge {
    /// How many requests a second one principal may send, and five times as many at once; 0 for any number.
    #[arg(long, env = "CICD_REQUESTS_PER_PRINCIPAL", default_value_t = 100, value_name = "COUNT")]
    requests_per_principal: u32,
    /// How many requests a second one address may send, and five times as many at once; 0 for any number.
    #[arg(long, env = "CICD_REQUESTS_PER_ADDRESS", default_value_t = 500, value_name = "COUNT")]
    requests_per_address: u32,
    /// A proxy whose `X-Forwarded-For` tells where requests come from: its address, or a network such as 10.0.0.0/8. May be
    /// repeated.
    #[arg(
        long = "trusted-proxy",
        env = "CICD_TRUSTED_PROXIES",
        value_delimiter = ',',
        value_name = "NETWORK"
    )]
    trusted_proxies: Vec<Network>,
    /// Where to tell metrics instead of at `/metrics` for everybody: an address that only the monitoring reaches.
    #[arg(long, env = "CICD_METRICS_LISTEN", value_name = "ADDRESS")]
    metrics_listen: Option<SocketAddr>,
}

#[cfg(feature = "ui")]
const PAGES: Pages = Pages::embedded();
#[cfg(not(feature = "ui"))]
const PAGES: Pages = Pages::new(&[]);

impl Edge {
    pub(crate) fn options(&self, dev: bool, metrics: Metrics) -> RouterOptions {
        let rates =
            Rates { per_principal: self.requests_per_principal, per_address: self.requests_per_address };
        let (trusted_proxies, metrics_apart) = (self.trusted_proxies.clone(), self.metrics_listen.is_some());
        RouterOptions { dev, rates, trusted_proxies, metrics, metrics_apart, pages: PAGES }
    }

    /// Tells `metrics` until the host ends, where they have a listener of their own.
    pub(crate) async fn tell(&self, metrics: Metrics) -> Result<Option<JoinHandle<bool>>, Failure> {
        let Some(address) = self.metrics_listen else { return Ok(None) };
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|error| Failure::new(format!("`{address}`: {error}")))?;
        tracing::info!(address = %listener.local_addr()?, "telling metrics");
        Ok(Some(tokio::spawn(server::serve(listener, metrics_router(metrics), std::future::pending()))))
    }
}
