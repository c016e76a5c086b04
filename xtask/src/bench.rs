//! `cargo xtask bench`: the figures of `docs/BENCHMARKS.md`, measured on this machine.

mod host;

use crate::failure::Failure;
use crate::tool;

/// Runs the benches whose name contains `filter`, then measures the host's start and idle memory.
pub(crate) fn run(filter: Option<&str>) -> Result<(), Failure> {
    let mut command = tool::cargo(&["bench", "--quiet", "--workspace", "--all-features", "--benches"]);
    command.args(filter.map(|filter| ["--", filter]).into_iter().flatten());
    tool::visibly(&mut command)?;
    if filter.is_none_or(|filter| "host".contains(filter)) { host::measure() } else { Ok(()) }
}
