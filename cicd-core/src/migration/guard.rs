//! The part of a down step that refuses.

/// What a down step may lose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum MayLose {
    /// Nothing that is stored.
    #[default]
    Nothing,
    /// Rows and work.
    Rows,
    /// Audit events too.
    AuditEvents,
}

/// A down step: the statements that refuse to lose what is stored, and those that take the step back.
///
/// The first line of a step that refuses is `-- keeps: rows` or `-- keeps: audit events`; its guard ends with the line
/// `-- end of guard`. Both parts run in one transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DownStep<'a> {
    /// What the guard keeps, and the guard; `None` for a step that loses nothing.
    pub guard: Option<(MayLose, &'a str)>,
    /// What takes the step back.
    pub undo: &'a str,
}

impl<'a> DownStep<'a> {
    /// Parts the text of a down step.
    #[must_use]
    pub fn of(sql: &'a str) -> Self {
        let first = sql.lines().next().unwrap_or_default().trim_end();
        let keeps = match first.strip_prefix("-- keeps: ") {
            Some("audit events") => MayLose::AuditEvents,
            Some(_) => MayLose::Rows,
            None => return Self { guard: None, undo: sql },
        };
        // A guard without an end guards everything: it runs, whatever may be lost.
        match sql.split_once("-- end of guard") {
            Some((guard, undo)) => Self { guard: Some((keeps, guard)), undo },
            None => Self { guard: None, undo: sql },
        }
    }

    /// The guard, unless what it keeps may be lost.
    #[must_use]
    pub fn guard_against(&self, may_lose: MayLose) -> Option<&'a str> {
        self.guard.filter(|(keeps, _)| *keeps > may_lose).map(|(_, guard)| guard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guard_yields_only_to_who_may_lose_what_it_keeps() {
        let step = DownStep::of("-- keeps: audit events\nSELECT 1;\n-- end of guard\nDROP TABLE a;\n");
        assert_eq!(step.undo, "\nDROP TABLE a;\n");
        for may_lose in [MayLose::Nothing, MayLose::Rows] {
            assert!(step.guard_against(may_lose).is_some_and(|guard| guard.contains("SELECT 1")));
        }
        assert_eq!(step.guard_against(MayLose::AuditEvents), None);
        let rows = DownStep::of("-- keeps: rows\r\nSELECT 1;\r\n-- end of guard\r\nDROP TABLE a;");
        assert!(
            rows.guard_against(MayLose::Nothing).is_some() && rows.guard_against(MayLose::Rows).is_none()
        );
    }

    #[test]
    fn a_step_without_a_guard_is_all_undo() {
        for sql in ["DROP FUNCTION a;", "-- keeps: rows\nno end"] {
            assert_eq!(DownStep::of(sql), DownStep { guard: None, undo: sql });
        }
    }
}
