//! `cargo xtask bench`: the figures of `docs/BENCHMARKS.md`, measured on this machine.

mod host;

use crate::failure::Failure;
use crate::tool;

/// Runs the benches whose name contains `filter`, then measures the host's start and idle memory; with the filter `host`
/// only the latter.
pub(crate) fn run(filter: Option<&str>) -> Result<(), Failure> {
    if filter != Some("host") {
        let mut command = tool::cargo(&["bench", "--quiet", "--workspace", "--all-features", "--bench", "*"]);
        command.args(filter.map(|filter| ["--", filter]).into_iter().flatten());
        tool::visibly(&mut command)?;
    }
    if filter.is_none_or(|filter| filter == "host") { host::measure() } else { Ok(()) }
}
