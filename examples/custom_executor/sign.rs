//! What a sign says, and who may switch it.

use cicd_core::id::AttemptId;
use cicd_core::port::Verb;
use serde::{Deserialize, Serialize};

/// What a sign says, and who switched it.
///
/// - A step may come again after a crash: repeating it changes nothing.
/// - A worker that lost its lease may still come. An attempt's epoch grows with each lease, and one attempt follows the
///   other: lower epochs and attempts that are over are refused.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Sign {
    current: Option<String>,
    before: Option<String>,
    holder: Option<(AttemptId, u64)>,
    over: Vec<AttemptId>,
}

impl Sign {
    /// Does `verb` for an attempt under an epoch.
    pub(crate) fn switch(&mut self, by: (AttemptId, u64), verb: &Verb, artifact: &str) -> Result<(), String> {
        let (attempt, epoch) = by;
        if self.over.contains(&attempt) {
            return Err(format!("attempt {attempt} is over"));
        }
        match self.holder {
            Some((holder, held)) if holder == attempt && epoch < held => {
                return Err(format!("epoch {epoch} is over; the attempt is under {held}"));
            }
            Some((holder, _)) if holder == attempt => {}
            holder => {
                self.over.extend(holder.map(|(attempt, _)| attempt));
                self.before.clone_from(&self.current);
            }
        }
        self.holder = Some(by);
        match verb {
            Verb::Apply => self.current = Some(artifact.to_owned()),
            Verb::Promote => {}
            Verb::Undo => self.current.clone_from(&self.before),
            Verb::SetWeight { .. } | Verb::Analyse { .. } => {
                return Err(format!("a sign can't {}", verb.as_str()));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(number: u32) -> AttemptId {
        format!("01890a5d-ac96-774b-bcce-{number:012}").parse().unwrap()
    }

    #[test]
    fn a_repeated_step_changes_nothing() {
        let mut sign = Sign::default();
        sign.switch((attempt(1), 1), &Verb::Apply, "a").unwrap();
        for epoch in [1, 1, 2] {
            sign.switch((attempt(2), epoch), &Verb::Apply, "b").unwrap();
        }
        assert_eq!((sign.current.as_deref(), sign.before.as_deref()), (Some("b"), Some("a")));
        sign.switch((attempt(2), 2), &Verb::Undo, "b").unwrap();
        sign.switch((attempt(2), 2), &Verb::Undo, "b").unwrap();
        assert_eq!(sign.current.as_deref(), Some("a"));
    }

    #[test]
    fn who_lost_the_lease_is_refused() {
        let mut sign = Sign::default();
        sign.switch((attempt(1), 2), &Verb::Apply, "a").unwrap();
        let refused = sign.switch((attempt(1), 1), &Verb::Undo, "a").unwrap_err();
        assert_eq!(refused, "epoch 1 is over; the attempt is under 2");
        sign.switch((attempt(2), 1), &Verb::Apply, "b").unwrap();
        assert!(sign.switch((attempt(1), 3), &Verb::Apply, "a").unwrap_err().ends_with("is over"));
        assert_eq!(sign.current.as_deref(), Some("b"));
    }
}
