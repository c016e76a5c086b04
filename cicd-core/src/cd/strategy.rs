//! How a new version takes the place of the old one.

mod amount;
mod blue_green;
mod canary;
mod pause;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use amount::{AMOUNT, Amount, PERCENT, ParseAmountError};
pub use blue_green::{DEFAULT_KEEP_OLD_SECONDS, DELAY_SECONDS, KEEP_OLD_SECONDS, Promotion};
pub use canary::{CANARY_STEPS, COMMAND_ANALYSIS, CanaryStep, OnFailure, WEIGHT};
pub use pause::{PAUSE_SECONDS, Pause};

use crate::choice::choice;
use crate::service::Capabilities;
use crate::violation::{Fields, Path, Violations};

/// How a new version takes the place of the old one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Strategy {
    /// Instances are replaced a few at a time.
    Rolling {
        /// How many instances may run on top of the wanted number.
        #[cfg_attr(feature = "openapi", schema(default = "25%"))]
        max_surge: Amount,
        /// How many of the wanted instances may be missing.
        #[cfg_attr(feature = "openapi", schema(default = "25%"))]
        max_unavailable: Amount,
    },
    /// A second colour is brought up beside the first, then takes all traffic at once.
    BlueGreen {
        /// When the new colour takes over.
        promotion: Promotion,
        /// How long the old colour is kept after that, in seconds.
        #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 604800, default = 300))]
        keep_old_seconds: u64,
    },
    /// The new version gets a growing share of the traffic.
    Canary {
        /// The shares, strictly rising; at least one.
        #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 50))]
        steps: Vec<CanaryStep>,
        /// What happens when a step or its analysis fails.
        #[cfg_attr(feature = "openapi", schema(default = "undo"))]
        on_failure: OnFailure,
    },
}

choice!(
    /// The kind of a [`Strategy`], without its parameters.
    pub enum StrategyKind {
        /// [`Strategy::Rolling`].
        Rolling = "rolling",
        /// [`Strategy::BlueGreen`].
        BlueGreen = "blue-green",
        /// [`Strategy::Canary`].
        Canary = "canary",
    }
);

impl Strategy {
    /// Reads a strategy for an executor with `capabilities`.
    ///
    /// # Errors
    /// Every violation of the draft.
    pub fn parse(value: &Value, capabilities: &Capabilities) -> Result<Self, Violations> {
        Violations::collect(|violations| read(value, &Path::root(), capabilities, violations))
    }

    /// The kind, without the parameters.
    #[must_use]
    pub const fn kind(&self) -> StrategyKind {
        match self {
            Self::Rolling { .. } => StrategyKind::Rolling,
            Self::BlueGreen { .. } => StrategyKind::BlueGreen,
            Self::Canary { .. } => StrategyKind::Canary,
        }
    }
}

impl StrategyKind {
    /// Whether an executor with `capabilities` can carry it out.
    #[must_use]
    pub const fn fits(self, capabilities: &Capabilities) -> bool {
        match self {
            Self::Rolling => true,
            Self::BlueGreen => capabilities.blue_green,
            Self::Canary => capabilities.weights,
        }
    }
}

/// Reads a strategy by its `type` and notes what the executor can't do.
pub(super) fn read(
    value: &Value,
    path: &Path,
    capabilities: &Capabilities,
    violations: &mut Violations,
) -> Option<Strategy> {
    let mut fields = Fields::of(value, path, violations)?;
    let kind: StrategyKind = fields.parsed("type", "unknown_choice", violations)?;
    if !kind.fits(capabilities) {
        let fitting = StrategyKind::ALL.iter().filter(|kind| kind.fits(capabilities));
        let message = unsupported(kind.as_str(), fitting.map(|kind| kind.as_str()));
        violations.push(path.member("type"), UNSUPPORTED, message);
    }
    let strategy = match kind {
        StrategyKind::Rolling => amount::rolling(&mut fields, violations),
        StrategyKind::BlueGreen => blue_green::read(&mut fields, violations),
        StrategyKind::Canary => canary::read(&mut fields, capabilities, violations),
    };
    fields.finish(violations);
    strategy
}

/// The code of what the deployment's executor can't do.
const UNSUPPORTED: &str = "unsupported_by_executor";

fn unsupported<'a>(asked: &str, accepted: impl Iterator<Item = &'a str>) -> String {
    let accepted = accepted.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    format!("the deployment's executor can't do `{asked}`; accepted: {accepted}")
}
