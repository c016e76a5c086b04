//! Blue-green: a second colour that takes over at once.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Strategy;
use super::pause::is_manual;
use crate::violation::{Fields, Path, Violations};

/// How long an automatic promotion may wait, in seconds: none to 7 days.
pub const DELAY_SECONDS: RangeInclusive<u64> = 0..=7 * 24 * 3600;
/// How long the old colour may be kept after the promotion, in seconds: none to 7 days.
pub const KEEP_OLD_SECONDS: RangeInclusive<u64> = 0..=7 * 24 * 3600;
/// How long the old colour is kept unless the config says otherwise: five minutes.
pub const DEFAULT_KEEP_OLD_SECONDS: u64 = 300;

/// When the new colour takes over: `"manual"` or `{"auto": {"delay_seconds": n}}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Promotion {
    /// When a release-manager promotes it. Does not count against the deadline.
    Manual,
    /// On its own.
    Auto {
        /// How long after the new colour is up, in seconds.
        #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 604800, default = 0))]
        delay_seconds: u64,
    },
}

/// Reads the parameters of a blue-green rollout.
pub(super) fn read(fields: &mut Fields<'_>, violations: &mut Violations) -> Option<Strategy> {
    let promotion = fields
        .required("promotion", violations)
        .and_then(|(value, path)| promotion(value, &path, violations));
    let keep_old_seconds =
        fields.integer("keep_old_seconds", Some(DEFAULT_KEEP_OLD_SECONDS), KEEP_OLD_SECONDS, violations);
    Some(Strategy::BlueGreen { promotion: promotion?, keep_old_seconds: keep_old_seconds? })
}

fn promotion(value: &Value, path: &Path, violations: &mut Violations) -> Option<Promotion> {
    if is_manual(value, path, "`\"manual\"` or `{\"auto\": {\"delay_seconds\": n}}`", violations)? {
        return Some(Promotion::Manual);
    }
    let mut fields = Fields::of(value, path, violations)?;
    let auto = fields.required("auto", violations).and_then(|(value, path)| {
        let mut fields = Fields::of(value, &path, violations)?;
        let delay = fields.integer("delay_seconds", Some(0), DELAY_SECONDS, violations);
        fields.finish(violations);
        delay
    });
    fields.finish(violations);
    auto.map(|delay_seconds| Promotion::Auto { delay_seconds })
}
