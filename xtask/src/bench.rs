//! `cargo xtask bench`: the figures of `docs/BENCHMARKS.md`, measured on this machine.

mod host;
mod streams;

use crate::failure::Failure;
use crate::{tool, wasm};

type Measure = fn() -> Result<(), Failure>;

/// What is measured by something else than cargo.
const APART: &[(&str, Measure)] =
    &[("host", host::measure), ("wasm", wasm::measure), ("pages", crate::run::measure_pages)];

/// Runs the benches whose name contains `filter`, then measures the host's start, its memory when idle and with streams, the rules in a browser, and
/// the pages; with the filter `host`, `wasm` or `pages` only that.
pub(crate) fn run(filter: Option<&str>) -> Result<(), Failure> {
    if filter.is_none_or(|filter| APART.iter().all(|(name, _)| *name != filter)) {
        let mut command = tool::cargo(&["bench", "--quiet", "--workspace", "--all-features", "--bench", "*"]);
        command.args(filter.map(|filter| ["--", filter]).into_iter().flatten());
        tool::visibly(&mut command)?;
    }
    for (_, measure) in APART.iter().filter(|(name, _)| filter.is_none_or(|filter| filter == *name)) {
        measure()?;
    }
    Ok(())
}
