//! Rows whose times are not known yet. The server stamps them once it holds the head of the chain, so a row is sent with
//! marks where the commit's time goes, or a time at a fixed distance from it.
//!
//! Where the marks go is found by folding the change twice, at two times: what differs is what depends on the time.

use cicd_core::port::{ChangeSet, Record, Resolved, ResolvedRow, StoreError, Write};
use cicd_core::time::Timestamp;

use crate::error::invalid;

/// How far the two times are from each other, in microseconds.
const APART: u64 = 1;
/// The most distances that a change can have: the marks are the characters below the blank.
const MOST_OFFSETS: usize = 31;

/// A row to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    /// The row as a commit at the guessed time would leave it.
    pub(crate) row: ResolvedRow,
    /// Its JSON with marks; `None` for a row that shall be gone.
    pub(crate) body: Option<String>,
    /// When the work on it is due.
    pub(crate) due: Option<Due>,
}

/// When work is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// In microseconds since 1970-01-01T00:00:00Z.
    At(i64),
    /// In microseconds from the commit's time.
    After(i64),
}

/// The rows of `change`, and the distances, in microseconds from the commit's time, that their marks stand for. `guess` is
/// about the time of the commit.
pub(crate) fn rows(change: &ChangeSet, guess: Timestamp) -> Result<(Vec<Template>, Vec<i64>), StoreError> {
    // No time that a row holds is later than its commit.
    let written = change.writes().iter().filter_map(last_change);
    let guess = written.fold(guess, Timestamp::max);
    let early = change.resolve(guess).map_err(invalid)?;
    let late = change.resolve(guess.plus_micros(APART)).map_err(invalid)?;
    let mut marks = Marks { guess, offsets: Vec::new() };
    let pairs = early.into_iter().zip(&late);
    let rows = pairs.map(|(early, late)| marks.template(early, late)).collect::<Result<_, _>>()?;
    Ok((rows, marks.offsets))
}

fn last_change(write: &Write) -> Option<Timestamp> {
    match write {
        Write::Release { before, .. } => before.as_ref().map(|release| release.updated_at),
        Write::CiRun { .. } | Write::Put(_) | Write::Delete { .. } => None,
    }
}

struct Marks {
    guess: Timestamp,
    offsets: Vec<i64>,
}

impl Marks {
    fn template(&mut self, early: ResolvedRow, late: &ResolvedRow) -> Result<Template, StoreError> {
        let (Resolved::Put(record), Resolved::Put(later)) = (&early.row, &late.row) else {
            return Ok(Template { row: early, body: None, due: None });
        };
        let text = |row: &Record| row.body().map(|body| body.to_string()).map_err(invalid);
        let body = self.mark(&text(record)?, &text(later)?)?;
        let due = match (record.due(), later.due()) {
            (None, None) => None,
            (Some(early), Some(late)) if early == late => Some(Due::At(early.as_micros())),
            (Some(early), Some(late)) => Some(Due::After(self.offset(early, late)?)),
            _ => return Err(unstable(&early.key)),
        };
        Ok(Template { row: early, body: Some(body), due })
    }

    /// Puts a mark in place of every time that differs.
    fn mark(&mut self, early: &str, late: &str) -> Result<String, StoreError> {
        let mut marked = String::with_capacity(early.len());
        let mut texts = early.split('"').zip(late.split('"'));
        if early.split('"').count() != late.split('"').count() {
            return Err(unstable("a row"));
        }
        for (number, (early, late)) in texts.by_ref().enumerate() {
            if number > 0 {
                marked.push('"');
            }
            if early == late {
                marked.push_str(early);
            } else {
                let times = early.parse().ok().zip(late.parse().ok());
                let (early, late) = times.ok_or_else(|| unstable(early))?;
                let offset = self.offset(early, late)?;
                marked.push(self.character(offset)?);
            }
        }
        Ok(marked)
    }

    /// How far a time that moves with the commit's is from it.
    fn offset(&self, early: Timestamp, late: Timestamp) -> Result<i64, StoreError> {
        if late.micros_since(early) == APART {
            Ok(early.as_micros().saturating_sub(self.guess.as_micros()))
        } else {
            Err(unstable(early))
        }
    }

    fn character(&mut self, offset: i64) -> Result<char, StoreError> {
        let number = match self.offsets.iter().position(|known| *known == offset) {
            Some(number) => number,
            None if self.offsets.len() < MOST_OFFSETS => {
                self.offsets.push(offset);
                self.offsets.len() - 1
            }
            None => return Err(invalid("a change with more than 31 distances from its time")),
        };
        let number = u32::try_from(number).ok().and_then(|number| char::from_u32(number + 1));
        number.ok_or_else(|| invalid("a mark"))
    }
}

fn unstable(what: impl std::fmt::Display) -> StoreError {
    invalid(format!("{what} does not move with the time of the commit"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cicd_core::testing::builders::{Site, put, release_change, release_id, service, tenant};

    fn restored(template: &Template, offsets: &[i64], at: Timestamp) -> String {
        let mut body = template.body.clone().unwrap();
        for (number, offset) in (1_u32..).zip(offsets) {
            let time = Timestamp::from_micros(at.as_micros() + offset);
            body = body.replace(char::from_u32(number).unwrap(), &time.to_string());
        }
        body
    }

    #[test]
    fn stamped_rows_are_those_of_the_commit() {
        let (guess, at) = (Timestamp::from_micros(5_000_000), Timestamp::from_micros(1_700_000_000_000_007));
        let site = Site::new("shop", 1);
        let mut named = service("shop");
        named.description = "5 \u{1} \"1970-01-01T00:00:05.000000Z\" \\".to_owned();
        for change in [
            put(&tenant("acme"), named),
            release_change(&tenant("acme"), None, vec![site.created(release_id(1))]),
        ] {
            let (rows, offsets) = rows(&change, guess).unwrap();
            let expected = change.resolve(at).unwrap();
            assert_eq!(rows.len(), expected.len());
            for (template, row) in rows.iter().zip(expected) {
                let Resolved::Put(record) = row.row else { panic!("{row:?}") };
                assert_eq!(restored(template, &offsets, at), record.body().unwrap().to_string());
            }
        }
    }

    #[test]
    fn what_a_row_says_about_a_time_is_no_mark() {
        let mut named = service("shop");
        named.description = Timestamp::from_micros(5_000_000).to_string();
        let (rows, offsets) = rows(&put(&tenant("acme"), named), Timestamp::from_micros(5_000_000)).unwrap();
        assert_eq!(offsets, [0]);
        assert!(rows[0].body.as_ref().unwrap().contains("\"1970-01-01T00:00:05.000000Z\""));
    }
}
