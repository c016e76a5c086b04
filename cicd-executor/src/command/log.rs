//! The log of one attempt: masked, capped, and readable while it grows.

use std::sync::Arc;

use cicd_core::id::TenantId;
use cicd_core::port::{Blobs, LogName};

use super::mask::Masker;

/// How much output is kept, and how much is borne with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogLimits {
    /// How many bytes of output a log keeps; what comes after them is dropped, and the log says so.
    pub kept_bytes: u64,
    /// After how many bytes of output an attempt is stopped.
    pub flood_bytes: u64,
}

impl Default for LogLimits {
    /// Keeps 4 MiB, stops after 256 MiB.
    fn default() -> Self {
        Self { kept_bytes: 4 << 20, flood_bytes: 256 << 20 }
    }
}

/// So much is gathered before it is written.
const BATCH: usize = 32 << 10;
/// So much of the last output is kept at hand, in bytes.
const END: usize = 2 << 10;

/// Takes the output of children and our own notes, in order.
pub(crate) struct Log {
    target: Option<(Arc<dyn Blobs>, TenantId, LogName)>,
    limits: LogLimits,
    masker: Masker,
    waiting: Vec<u8>,
    /// How many bytes were handed on to be kept.
    written: u64,
    received: u64,
    kept: u64,
    cut: bool,
    line_is_open: bool,
    broken: bool,
    /// The end of what was kept of the children's output.
    end: Vec<u8>,
}

impl Log {
    pub(crate) fn new(blobs: Arc<dyn Blobs>, tenant: TenantId, name: LogName, limits: LogLimits) -> Self {
        Self { target: Some((blobs, tenant, name)), ..Self::nowhere(limits) }
    }

    /// Keeps only its last line.
    pub(crate) fn nowhere(limits: LogLimits) -> Self {
        Self {
            target: None,
            limits,
            masker: Masker::new([]),
            waiting: Vec::new(),
            written: 0,
            received: 0,
            kept: 0,
            cut: false,
            line_is_open: false,
            broken: false,
            end: Vec::new(),
        }
    }

    /// From here on `secrets` are masked.
    pub(crate) fn mask<'a>(&mut self, secrets: impl IntoIterator<Item = &'a str>) {
        self.masker = Masker::new(secrets);
    }

    /// Takes output of a child.
    pub(crate) fn output(&mut self, bytes: &[u8]) {
        self.received = self.received.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if !self.cut {
            let mut masked = Vec::with_capacity(bytes.len());
            self.masker.push(bytes, &mut masked);
            self.keep(&masked);
        }
    }

    /// The output of a child is at its end.
    pub(crate) fn end_of_output(&mut self) {
        let mut rest = Vec::new();
        self.masker.finish(&mut rest);
        self.keep(&rest);
    }

    /// Adds a line of our own, which is kept even in a full log.
    pub(crate) fn note(&mut self, line: &str) {
        self.end_of_output();
        let mut masked = Vec::with_capacity(line.len() + 10);
        self.masker.push(line.as_bytes(), &mut masked);
        self.masker.finish(&mut masked);
        if self.line_is_open {
            self.waiting.push(b'\n');
        }
        self.waiting.extend_from_slice(b"[cicd] ");
        self.waiting.append(&mut masked);
        self.waiting.push(b'\n');
        self.line_is_open = false;
    }

    /// How many bytes the log has, with those that wait to be written; nothing where some could not be.
    pub(crate) fn length(&self) -> Option<u64> {
        let waiting = u64::try_from(self.waiting.len()).unwrap_or(u64::MAX);
        (!self.broken).then(|| self.written.saturating_add(waiting))
    }

    /// Whether more came than is borne with.
    pub(crate) const fn flooded(&self) -> bool {
        self.received > self.limits.flood_bytes
    }

    /// Forgets what [`Log::last_line`] would say: the next child has said nothing yet.
    pub(crate) fn begin_output(&mut self) {
        self.end.clear();
    }

    /// The last line that a child wrote, shortened and masked; empty when it wrote none.
    pub(crate) fn last_line(&self) -> String {
        shortened(self.lines().last())
    }

    /// The first line at the end of a child's output that begins with `start`; the last one when none does.
    pub(crate) fn line_with(&self, start: &str) -> String {
        let lines = self.lines();
        shortened(lines.iter().find(|line| line.starts_with(start)).or(lines.last()))
    }

    fn lines(&self) -> Vec<String> {
        let text = String::from_utf8_lossy(&self.end);
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    /// Whether something waits to be written.
    pub(crate) const fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Writes what waits when it is worth it.
    pub(crate) async fn flush_batch(&mut self) {
        if self.waiting.len() >= BATCH {
            self.flush().await;
        }
    }

    /// Writes what waits. A log that can't be written does not stop the attempt; the host's own log says so once.
    pub(crate) async fn flush(&mut self) {
        let bytes = std::mem::take(&mut self.waiting);
        if bytes.is_empty() {
            return;
        }
        self.written = self.written.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if let Some((blobs, tenant, name)) = &self.target
            && let Err(error) = blobs.append_log(tenant, *name, &bytes).await
            && !std::mem::replace(&mut self.broken, true)
        {
            tracing::warn!(%error, "the log of an attempt can't be written");
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = usize::try_from(self.limits.kept_bytes.saturating_sub(self.kept)).unwrap_or(usize::MAX);
        let fits = bytes.get(..room.min(bytes.len())).unwrap_or_default();
        if let Some(last) = fits.last() {
            self.line_is_open = *last != b'\n';
        }
        self.kept = self.kept.saturating_add(u64::try_from(fits.len()).unwrap_or(u64::MAX));
        self.waiting.extend_from_slice(fits);
        self.end.extend_from_slice(fits);
        if self.end.len() > 2 * END {
            self.end.drain(..self.end.len() - END);
        }
        if fits.len() < bytes.len() && !self.cut {
            self.cut = true;
            self.masker.forget();
            self.note(&format!("the log is cut: more than {} bytes of output", self.limits.kept_bytes));
        }
    }
}

fn shortened(line: Option<&String>) -> String {
    line.map_or("", String::as_str).chars().filter(|c| !c.is_control()).take(END / 4).collect()
}

impl std::fmt::Debug for Log {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Log")
            .field("received", &self.received)
            .field("kept", &self.kept)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
