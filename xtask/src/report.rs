//! One line per step, the output of what failed, and a summary.

mod tally;

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use crate::failure::Failure;
use tally::Tally;

/// What the steps of a command came to.
pub(crate) struct Report {
    started: Instant,
    filter: Option<String>,
    steps: usize,
    failed: Vec<String>,
    tally: Tally,
}

impl Report {
    /// Only steps whose name contains `filter` are done.
    pub(crate) fn new(filter: Option<String>) -> Self {
        Self { started: Instant::now(), filter, steps: 0, failed: Vec::new(), tally: Tally::default() }
    }

    /// Does `work`, prints a line about it, and its output when it failed. Later steps are done nevertheless.
    pub(crate) fn step(&mut self, name: &str, work: impl FnOnce() -> Result<String, Failure>) {
        if !self.includes(name) {
            return;
        }
        self.steps += 1;
        announce(name);
        let started = Instant::now();
        let result = work();
        let mark = if result.is_ok() { "✓" } else { "✗" };
        let taken = seconds(started.elapsed());
        match result {
            Ok(output) => {
                let note = self.tally.add(&output);
                println!("{mark} {name:<44} {taken:>8}{note}");
            }
            Err(failure) => {
                let output = failure.to_string();
                let note = self.tally.add(&output);
                println!("{mark} {name:<44} {taken:>8}{note}\n\n{output}\n");
                self.failed.push(name.to_owned());
            }
        }
    }

    /// Whether a step of this name is to be done.
    pub(crate) fn includes(&self, name: &str) -> bool {
        self.filter.as_ref().is_none_or(|filter| name.contains(filter))
    }

    /// Prints the summary; fails when a step failed.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let taken = seconds(self.started.elapsed());
        println!("\n{} of {} steps in {taken}", self.steps - self.failed.len(), self.steps);
        for name in &self.failed {
            println!("✗ {name}");
        }
        println!("{} passed, {} failed", self.tally.passed, self.tally.failed);
        if self.failed.is_empty() { Ok(()) } else { Err(Failure::new("not everything is in order")) }
    }
}

/// On a terminal, names the step that is under way; its result line replaces this one.
fn announce(name: &str) {
    let mut out = std::io::stdout();
    if out.is_terminal() {
        // A terminal that is gone will show in the result line's own write.
        let _ = write!(out, "· {name}\r").and_then(|()| out.flush());
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
