//! Canary: a growing share of the traffic.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Pause, Strategy, UNSUPPORTED, pause, unsupported};
use crate::choice::choice;
use crate::id::AnalysisName;
use crate::service::Capabilities;
use crate::violation::{Fields, Path, Violations, parsed};

/// How many steps a canary may have at most; it has at least one.
pub const CANARY_STEPS: usize = 50;
/// The share of the traffic that a step may give to the new version, in percent.
pub const WEIGHT: RangeInclusive<u64> = 1..=100;
/// The analysis that an executor with [`Capabilities::analysis`] offers.
pub const COMMAND_ANALYSIS: &str = "command";

/// One step of a canary: shift, wait, judge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CanaryStep {
    /// The share of the traffic that goes to the new version, in percent: 1 to 100.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 100))]
    pub weight: u8,
    /// How long to wait then.
    pub pause: Option<Pause>,
    /// Which analysis judges the new version then: it passes, fails, or is inconclusive, which pauses.
    pub analysis: Option<AnalysisName>,
}

choice!(
    /// What happens when a step of a canary or its analysis fails.
    #[derive(Default)]
    pub enum OnFailure {
        /// The executor takes the rollout back; the release ends as `rolled_back`.
        #[default]
        Undo = "undo",
        /// The rollout stops where it is; the release ends as `failed`.
        Abort = "abort",
        /// The rollout waits for a release-manager.
        Pause = "pause",
    }
);

/// Reads the parameters of a canary.
pub(super) fn read(
    fields: &mut Fields<'_>,
    capabilities: &Capabilities,
    violations: &mut Violations,
) -> Option<Strategy> {
    let steps = steps(fields, capabilities, violations);
    let on_failure = fields.choice("on_failure", OnFailure::default(), violations);
    if on_failure == Some(OnFailure::Undo) && !capabilities.undo {
        let accepted = [OnFailure::Abort, OnFailure::Pause].map(OnFailure::as_str);
        let message = unsupported(OnFailure::Undo.as_str(), accepted.into_iter());
        violations.push(fields.path().member("on_failure"), UNSUPPORTED, message);
    }
    Some(Strategy::Canary { steps: steps?, on_failure: on_failure? })
}

/// Reads the steps; `None` when any of them is wrong.
fn steps(
    fields: &mut Fields<'_>,
    capabilities: &Capabilities,
    violations: &mut Violations,
) -> Option<Vec<CanaryStep>> {
    fields.required("steps", violations)?;
    let before = violations.iter().len();
    let mut steps = Vec::new();
    let mut highest = 0;
    for (value, path) in fields.list("steps", CANARY_STEPS, violations) {
        steps.extend(step(value, &path, &mut highest, capabilities, violations));
    }
    let clean = violations.iter().len() == before;
    if clean && steps.is_empty() {
        violations.push(fields.path().member("steps"), "too_few", "no step; accepted: at least one");
    }
    (clean && !steps.is_empty()).then_some(steps)
}

fn step(
    value: &Value,
    path: &Path,
    highest: &mut u8,
    capabilities: &Capabilities,
    violations: &mut Violations,
) -> Option<CanaryStep> {
    let mut fields = Fields::of(value, path, violations)?;
    let weight =
        fields.integer("weight", None, WEIGHT, violations).and_then(|weight| u8::try_from(weight).ok());
    if let Some(weight) = weight {
        check_rising(weight, highest, &path.member("weight"), violations);
    }
    let pause = match fields.optional("pause") {
        None => Some(None),
        Some((value, path)) => pause::read(value, &path, violations).map(Some),
    };
    let analysis = match fields.optional("analysis") {
        None => Some(None),
        Some((value, path)) => analysis(value, &path, capabilities, violations).map(Some),
    };
    fields.finish(violations);
    Some(CanaryStep { weight: weight?, pause: pause?, analysis: analysis? })
}

fn check_rising(weight: u8, highest: &mut u8, path: &Path, violations: &mut Violations) {
    if weight > *highest {
        *highest = weight;
        return;
    }
    let message = format!("`{weight}` is not above an earlier step's {highest}; accepted: weights that rise");
    violations.push(path, "not_rising", message);
}

fn analysis(
    value: &Value,
    path: &Path,
    capabilities: &Capabilities,
    violations: &mut Violations,
) -> Option<AnalysisName> {
    let name: AnalysisName = parsed(value, path, "invalid_id", violations)?;
    if name.as_str() != COMMAND_ANALYSIS {
        let message = format!("no analysis `{name}` is registered; accepted: `{COMMAND_ANALYSIS}`, or none");
        violations.push(path, "not_registered", message);
    } else if !capabilities.analysis {
        let message =
            format!("the deployment's executor doesn't offer the analysis `{name}`; accepted: none");
        violations.push(path, UNSUPPORTED, message);
    }
    Some(name)
}
