//! How much work a host takes on, and for how long it may be silent about it.

use std::time::Duration;

use cicd_core::engine::WorkerConfig;
use clap::Args;

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Work {
    /// How many runs and rollouts are carried out at once.
    #[arg(long, env = "CICD_CONCURRENCY", default_value_t = WorkerConfig::default().concurrency, value_name = "COUNT")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1024))]
    concurrency: u16,
    /// For how many seconds a host may say nothing of its work before another one takes it over. It renews every third of that.
    #[arg(long, env = "CICD_LEASE", default_value_t = 15, value_name = "SECONDS")]
    #[arg(value_parser = clap::value_parser!(u16).range(3..=300))]
    lease: u16,
}

impl Work {
    /// For how long a host may say nothing until its commands are ended. What it renewed last, at most a third of a lease ago, then
    /// still holds, so that nobody else has taken the work over.
    pub(crate) fn silence(self) -> Duration {
        WorkerConfig::from(self).lease / 2
    }
}

impl From<Work> for WorkerConfig {
    fn from(Work { concurrency, lease }: Work) -> Self {
        Self { concurrency, lease: Duration::from_secs(lease.into()), ..Self::default() }
    }
}
