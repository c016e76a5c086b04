//! `cargo xtask bench`: the figures of `docs/BENCHMARKS.md`, measured on this machine.

mod host;

use crate::failure::Failure;
use crate::{tool, wasm};

/// What is measured by something else than cargo.
const APART: [&str; 2] = ["host", "wasm"];

/// Runs the benches whose name contains `filter`, then measures the host's start and idle memory, and the rules in a browser;
/// with the filter `host` or `wasm` only that.
pub(crate) fn run(filter: Option<&str>) -> Result<(), Failure> {
    if filter.is_none_or(|filter| !APART.contains(&filter)) {
        let mut command = tool::cargo(&["bench", "--quiet", "--workspace", "--all-features", "--bench", "*"]);
        command.args(filter.map(|filter| ["--", filter]).into_iter().flatten());
        tool::visibly(&mut command)?;
    }
    if filter.is_none_or(|filter| filter == "host") {
        host::measure()?;
    }
    if filter.is_none_or(|filter| filter == "wasm") { wasm::measure() } else { Ok(()) }
}
