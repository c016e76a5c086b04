//! The host's log, on standard error.

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people.
    Pretty,
    /// JSON Lines for collectors.
    Json,
}

/// Begins to log: `info` and above, unless `CICD_LOG` says otherwise in the form of `tracing`'s filters.
pub(crate) fn begin(format: LogFormat) {
    let filter = EnvFilter::try_from_env("CICD_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_ansi(false).with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Pretty => log.init(),
        LogFormat::Json => log.json().init(),
    }
}
