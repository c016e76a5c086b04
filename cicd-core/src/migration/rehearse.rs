//! The drill: up, down and up again, on a copy.

use std::collections::BTreeMap;

use super::{Move, Objects, Outcome, Rehearsal, Stage, Tables, Way, compare};

/// Tables of the audit trail: no step adds to them or takes from them.
const AUDIT: [&str; 2] = ["cicd_audit_event", "cicd_chain_head"];

/// Takes the steps after `from` up to `to` on the copy, back down and up again; where none is pending, the last one down and
/// up. Each time a step is reached again, the schema and every table must be as they were there the first time, and no audit
/// row may come or go. At `to` the copy is opened and read.
///
/// # Errors
/// When the copy itself can't be used. Whatever a step does wrong is in the report.
pub async fn rehearse<S: Stage>(stage: &mut S, from: u32, to: u32) -> Result<Rehearsal, S::Error> {
    let mut drill = Drill { stage, seen: BTreeMap::new(), at: from, report: Rehearsal::default() };
    drill.report.from = from;
    drill.report.to = to;
    drill.report.tables = drill.arrive("the copy").await?;
    drill.run(from, to).await?;
    Ok(drill.report)
}

struct Drill<'a, S> {
    stage: &'a mut S,
    /// How the copy was when a step was reached for the first time.
    seen: BTreeMap<u32, (Objects, Tables)>,
    at: u32,
    report: Rehearsal,
}

impl<S: Stage> Drill<'_, S> {
    async fn run(&mut self, from: u32, to: u32) -> Result<(), S::Error> {
        let bottom = if from < to { from } else { from.saturating_sub(1) };
        let ups = || (bottom + 1..=to.max(from)).map(|version| (version, Way::Up));
        let downs = ups().rev().map(|(version, _)| (version, Way::Down));
        if from >= to {
            self.report.notes.push("no step is pending: the last one is rehearsed".to_owned());
        } else if !self.all(ups()).await? {
            return Ok(());
        }
        self.smoke("before").await?;
        if !self.all(downs).await? {
            return Ok(());
        }
        if self.all(ups()).await? { self.smoke("again").await } else { Ok(()) }
    }

    /// Takes steps until one is not taken; says whether all were.
    async fn all(&mut self, steps: impl Iterator<Item = (u32, Way)>) -> Result<bool, S::Error> {
        for (step, way) in steps {
            if !self.take(step, way).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn take(&mut self, step: u32, way: Way) -> Result<bool, S::Error> {
        let name = match way {
            Way::Up => format!("up {step:04}"),
            Way::Down => format!("down {step:04}"),
        };
        let done = match self.stage.take(step, way).await? {
            Outcome::Done(done) => done,
            // What it holds has come since; a step that was just made must go back.
            Outcome::WouldLose(why) if step <= self.report.from => {
                self.report.notes.push(format!("{name} can't be rehearsed: {why}"));
                return Ok(false);
            }
            Outcome::WouldLose(why) | Outcome::Failed(why) => {
                self.report.findings.push(format!("{name} was not taken: {why}"));
                return Ok(false);
            }
        };
        self.at = if way == Way::Up { step } else { step - 1 };
        let tables = self.arrive(&name).await?;
        self.report.moves.push(Move { step, way, micros: done.micros, locks: done.locks, tables });
        Ok(true)
    }

    /// Measures the copy and compares it with how it was here before.
    async fn arrive(&mut self, name: &str) -> Result<Tables, S::Error> {
        let (objects, tables) = (self.stage.objects().await?, self.stage.tables().await?);
        let findings = &mut self.report.findings;
        if let Some((objects_before, tables_before)) = self.seen.get(&self.at) {
            let differences = compare(objects_before, &objects);
            findings.extend(differences.iter().map(|difference| format!("after {name}: {difference}")));
            findings.extend(moved(tables_before, &tables).map(|line| format!("after {name}: {line}")));
        }
        let audit = AUDIT.into_iter().filter_map(|table| {
            let (first, now) = (self.report.tables.get(table)?, tables.get(table)?);
            (first.rows != now.rows)
                .then(|| format!("after {name}: `{table}` has {} rows instead of {}", now.rows, first.rows))
        });
        findings.extend(audit);
        self.seen.entry(self.at).or_insert_with(|| (objects, tables.clone()));
        Ok(tables)
    }

    async fn smoke(&mut self, when: &str) -> Result<(), S::Error> {
        let wrong = self.stage.smoke().await?;
        self.report.findings.extend(wrong.iter().map(|line| format!("opened {when}: {line}")));
        Ok(())
    }
}

/// The tables that hold something else than before.
fn moved<'a>(before: &'a Tables, now: &'a Tables) -> impl Iterator<Item = String> + 'a {
    before.iter().filter_map(|(table, before)| match now.get(table) {
        Some(now) if now == before => None,
        Some(now) if now.rows == before.rows => {
            Some(format!("`{table}` holds other content in its {} rows", now.rows))
        }
        Some(now) => Some(format!("`{table}` has {} rows instead of {}", now.rows, before.rows)),
        None => Some(format!("`{table}` is gone")),
    })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use async_trait::async_trait;

    use super::*;
    use crate::migration::{Contents, Done};

    /// A database whose only step renames what its one table holds.
    struct Paper {
        text: &'static str,
        up: fn(&'static str) -> &'static str,
        down: fn(&'static str) -> Outcome,
        smoke: Vec<String>,
    }

    impl Paper {
        fn new() -> Self {
            let down = |_| Outcome::Done(Done::default());
            Self { text: "old", up: |_| "new", down, smoke: Vec::new() }
        }
    }

    #[async_trait]
    impl Stage for Paper {
        type Error = Infallible;

        async fn objects(&mut self) -> Result<Objects, Infallible> {
            Ok(Objects::from([("table `cicd_paper`".to_owned(), self.text.chars().take(3).collect())]))
        }

        async fn tables(&mut self) -> Result<Tables, Infallible> {
            let mut contents = Contents::EMPTY;
            contents.add(self.text.as_bytes());
            Ok(Tables::from([("cicd_paper".to_owned(), contents)]))
        }

        async fn take(&mut self, _: u32, way: Way) -> Result<Outcome, Infallible> {
            if way == Way::Up {
                self.text = (self.up)(self.text);
                return Ok(Outcome::Done(Done::default()));
            }
            let outcome = (self.down)(self.text);
            if matches!(outcome, Outcome::Done(_)) {
                self.text = if self.text.len() > 3 { "oldest" } else { "old" };
            }
            Ok(outcome)
        }

        async fn smoke(&mut self) -> Result<Vec<String>, Infallible> {
            Ok(self.smoke.clone())
        }
    }

    #[tokio::test]
    async fn a_sound_step_goes_up_down_and_up() {
        let report = rehearse(&mut Paper::new(), 0, 1).await.unwrap();
        assert!(report.passed(), "{report}");
        let ways: Vec<_> = report.moves.iter().map(|step| step.way).collect();
        assert_eq!(ways, [Way::Up, Way::Down, Way::Up]);
        assert!(report.to_string().ends_with("every step left what it found\n"), "{report}");
        let settled = rehearse(&mut Paper { text: "new", ..Paper::new() }, 1, 1).await.unwrap();
        assert_eq!(settled.moves.iter().map(|step| step.way).collect::<Vec<_>>(), [Way::Down, Way::Up]);
        assert!(settled.passed() && settled.notes.len() == 1, "{settled}");
    }

    #[tokio::test]
    async fn what_is_lost_on_the_way_is_found() {
        let mut paper = Paper { up: |_| "newest", ..Paper::new() };
        let report = rehearse(&mut paper, 0, 1).await.unwrap();
        assert_eq!(report.findings, ["after down 0001: `cicd_paper` holds other content in its 1 rows"]);
        assert!(!report.passed() && report.to_string().contains("✗ after down 0001"));
        let mut paper = Paper { smoke: vec!["a list".to_owned()], ..Paper::new() };
        let report = rehearse(&mut paper, 0, 1).await.unwrap();
        assert_eq!(report.findings, ["opened before: a list", "opened again: a list"]);
    }

    #[tokio::test]
    async fn a_step_that_can_not_go_back_is_found_while_it_is_new() {
        let refuse = |_| Outcome::WouldLose("rows would be lost".to_owned());
        let new = rehearse(&mut Paper { down: refuse, ..Paper::new() }, 0, 1).await.unwrap();
        assert_eq!(new.findings, ["down 0001 was not taken: rows would be lost"]);
        let old = rehearse(&mut Paper { text: "new", down: refuse, ..Paper::new() }, 1, 1).await.unwrap();
        assert!(old.passed() && old.notes.len() == 2, "it holds what came since: {old}");
        let broken = |_| Outcome::Failed("a mistake".to_owned());
        let broken = rehearse(&mut Paper { text: "new", down: broken, ..Paper::new() }, 1, 1).await.unwrap();
        assert!(!broken.passed());
    }
}
