//! A rehearsal in lines for people.

use std::fmt;

use super::{Held, Move, Rehearsal, Way};

impl fmt::Display for Rehearsal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: u64 = self.tables.values().map(|table| table.rows).sum();
        writeln!(f, "from migration {} to {}", self.from, self.to)?;
        if self.drift.is_empty() {
            let tables = self.tables.len();
            writeln!(f, "copied: {rows} rows of {tables} tables in {}", Millis(self.copy_micros))?;
        }
        self.moves.iter().try_for_each(|step| write!(f, "{step}"))?;
        self.notes.iter().try_for_each(|note| writeln!(f, "note: {note}"))?;
        self.drift.iter().try_for_each(|difference| writeln!(f, "✗ {difference}"))?;
        self.findings.iter().try_for_each(|finding| writeln!(f, "✗ {finding}"))?;
        if self.passed() {
            writeln!(f, "✓ up, down and up again: every step left what it found")
        } else {
            Ok(())
        }
    }
}

impl fmt::Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = match self.way {
            Way::Up => "up",
            Way::Down => "down",
        };
        let rows: u64 = self.tables.values().map(|table| table.rows).sum();
        writeln!(f, "{way:>4} {:04}: {}, {rows} rows", self.step, Millis(self.micros))?;
        self.locks.iter().try_for_each(|lock| writeln!(f, "     {lock}"))
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blocked = match (self.blocks_readers, self.blocks_writers) {
            (true, true) => "reads and changes wait",
            (true, false) => "reads wait",
            (false, true) => "changes wait",
            (false, false) => "nobody waits",
        };
        write!(f, "{} on `{}`: {blocked}", self.mode, self.on)
    }
}

/// Microseconds, shown as milliseconds.
struct Millis(u64);

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03} ms", self.0 / 1000, self.0 % 1000)
    }
}
