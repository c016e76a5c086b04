//! How an operator ends the host: one signal asks, the next one insists.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a shell makes of a process that a signal ended; the number of the signal is added.
const KILLED_BY: i32 = 128;

/// SIGTERM and SIGINT, heard from the moment this is made.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Asks for the signals: none of them kills the process any more.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for the first signal. The next one ends the process at once, with 128 and the signal's number as its exit code: 143
    /// for SIGTERM, 130 for SIGINT. What was under way is then as after a crash, and the next start takes it up.
    pub(crate) async fn asked_to_end(mut self) {
        self.next().await;
        tracing::info!(
            "asked to end: no new connections, what is under way is finished; another signal ends the host at once"
        );
        tokio::spawn(async move {
            let code = KILLED_BY.saturating_add(self.next().await.as_raw_value());
            tracing::warn!(code, "ended at once; the next start takes up what was under way");
            std::process::exit(code);
        });
    }

    async fn next(&mut self) -> SignalKind {
        tokio::select! {
            _ = self.terminate.recv() => SignalKind::terminate(),
            _ = self.interrupt.recv() => SignalKind::interrupt(),
        }
    }
}
