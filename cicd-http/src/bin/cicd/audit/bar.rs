//! How far it is, on one line of a terminal; nothing where standard error is none.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

const WIDTH: usize = 30;
const BETWEEN: Duration = Duration::from_millis(100);

/// A progress bar over a number of events.
#[derive(Debug)]
pub(super) struct Bar {
    total: u64,
    done: u64,
    began: Instant,
    drawn: Option<Instant>,
}

impl Bar {
    /// A bar, where there is a terminal to draw it on.
    pub(super) fn on_a_terminal() -> Option<Self> {
        let bar = Self { total: 0, done: 0, began: Instant::now(), drawn: None };
        io::stderr().is_terminal().then_some(bar)
    }

    /// That much more is to be done.
    pub(super) const fn await_events(&mut self, events: u64) {
        self.total = self.total.saturating_add(events);
    }

    /// That much more was done, of what `name` names.
    pub(super) fn add(&mut self, events: u64, name: &str) {
        self.done = self.done.saturating_add(events);
        if self.drawn.is_none_or(|at| at.elapsed() >= BETWEEN) {
            self.drawn = Some(Instant::now());
            self.draw(name);
        }
    }

    fn draw(&self, name: &str) {
        let line = line(self.done, self.total, self.began.elapsed());
        // A terminal that is gone will show in the answer's own write.
        let _ = write!(io::stderr(), "\r\x1b[K{line}  {name}");
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if self.drawn.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

fn line(done: u64, total: u64, taken: Duration) -> String {
    // More than was expected may come while a host runs.
    let total = total.max(done).max(1);
    let part = |of: u128| u128::from(done) * of / u128::from(total);
    let filled = usize::try_from(part(WIDTH as u128)).unwrap_or(WIDTH);
    let rate = u128::from(done) * 1000 / taken.as_millis().max(1);
    let (full, empty) = ("#".repeat(filled), ".".repeat(WIDTH.saturating_sub(filled)));
    format!("[{full}{empty}] {:>3} %  {done} of {total} events, {rate}/s", part(100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_how_far_it_is() {
        let second = Duration::from_secs(1);
        let half = line(500, 1000, second);
        assert_eq!(half, "[###############...............]  50 %  500 of 1000 events, 500/s");
        assert!(line(0, 0, Duration::ZERO).contains("  0 %"));
        assert!(line(7, 5, second).contains("100 %  7 of 7"));
    }
}
