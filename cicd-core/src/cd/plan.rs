//! What a rollout does, step by step.

use serde::{Deserialize, Serialize};

use super::{CanaryStep, Pause, Promotion, Strategy};
use crate::id::AnalysisName;

/// One step of a rollout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlanStep {
    /// Bring the new version to the target: all of it (rolling), the second colour (blue-green), or the canary.
    Apply,
    /// Send `weight` percent of the traffic to the new version.
    SetWeight {
        /// 1 to 100.
        weight: u8,
    },
    /// Wait.
    Pause(Pause),
    /// Judge the new version.
    Analyse {
        /// The analysis.
        name: AnalysisName,
    },
    /// Let the new version take the old one's place.
    Promote,
}

/// A step of a rollout and when it begins at the earliest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewStep {
    /// The step.
    pub step: PlanStep,
    /// Seconds after the start of the rollout before which the step cannot begin; `None` after a manual pause, which
    /// lasts until somebody resumes.
    pub earliest_seconds: Option<u64>,
}

impl Strategy {
    /// What a rollout does, in order.
    ///
    /// ```
    /// use cicd_core::cd::{Amount, PlanStep, Strategy};
    /// let rolling = Strategy::Rolling { max_surge: Amount::Count(1), max_unavailable: Amount::Count(0) };
    /// assert_eq!(rolling.plan(), [PlanStep::Apply]);
    /// ```
    #[must_use]
    pub fn plan(&self) -> Vec<PlanStep> {
        let mut plan = vec![PlanStep::Apply];
        match self {
            Self::Rolling { .. } => {}
            Self::BlueGreen { promotion, .. } => {
                plan.extend(promotion.pause().map(PlanStep::Pause));
                plan.push(PlanStep::Promote);
            }
            Self::Canary { steps, .. } => {
                plan.extend(steps.iter().flat_map(CanaryStep::plan));
                plan.push(PlanStep::Promote);
            }
        }
        plan
    }

    /// The plan, with the earliest time at which each step begins: what a rollout takes when applying, shifting and
    /// judging cost nothing.
    #[must_use]
    pub fn preview(&self) -> Vec<PreviewStep> {
        let mut earliest_seconds = Some(0_u64);
        let begins = |step: PlanStep| {
            let preview = PreviewStep { earliest_seconds, step };
            earliest_seconds = match preview.step {
                PlanStep::Pause(Pause::Manual) => None,
                PlanStep::Pause(Pause::Seconds(seconds)) => {
                    earliest_seconds.map(|at| at.saturating_add(seconds))
                }
                _ => earliest_seconds,
            };
            preview
        };
        self.plan().into_iter().map(begins).collect()
    }
}

impl CanaryStep {
    fn plan(&self) -> impl Iterator<Item = PlanStep> {
        let analyse = self.analysis.clone().map(|name| PlanStep::Analyse { name });
        std::iter::once(PlanStep::SetWeight { weight: self.weight })
            .chain(self.pause.map(PlanStep::Pause))
            .chain(analyse)
    }
}

impl Promotion {
    /// The pause before the new colour takes over; `None` when there is none.
    const fn pause(self) -> Option<Pause> {
        match self {
            Self::Manual => Some(Pause::Manual),
            Self::Auto { delay_seconds: 0 } => None,
            Self::Auto { delay_seconds } => Some(Pause::Seconds(delay_seconds)),
        }
    }
}
