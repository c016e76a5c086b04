//! What the host takes from whom.

use cicd_http::{Network, Rates, RouterOptions};
use clap::Args;

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
}

impl Edge {
    pub(crate) fn options(&self, dev: bool) -> RouterOptions {
        let rates =
            Rates { per_principal: self.requests_per_principal, per_address: self.requests_per_address };
        RouterOptions { dev, rates, trusted_proxies: self.trusted_proxies.clone() }
    }
}
