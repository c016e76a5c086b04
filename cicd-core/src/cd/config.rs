//! The CD config of a deployment.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ApprovalPolicy, PlanStep, PolicyFloor, QueueRule, RollbackRule, StaleRule, Strategy};
use super::{Pause, approval_policy, rules, strategy};
use crate::id::{DeploymentId, PrincipalId, RowVersion};
use crate::service::Capabilities;
use crate::time::Timestamp;
use crate::violation::{Fields, Path, Violations};

/// How long a rollout may take, in seconds: ten seconds to 30 days.
pub const DEADLINE_SECONDS: RangeInclusive<u64> = 10..=30 * 24 * 3600;
/// How long a rollout may take unless the config says otherwise: an hour.
pub const DEFAULT_DEADLINE_SECONDS: u64 = 3600;

/// How releases reach a deployment: kept in revisions, pinned by each release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CdSpec {
    /// How a new version takes the place of the old one.
    pub strategy: Strategy,
    /// The votes that a deploy needs.
    #[cfg_attr(feature = "openapi", schema(default = json!({})))]
    pub approval: ApprovalPolicy,
    /// What becomes of releases that wait for the same deployment.
    #[cfg_attr(feature = "openapi", schema(default = "supersede"))]
    pub queue: QueueRule,
    /// How a rollback is approved.
    #[cfg_attr(feature = "openapi", schema(default = json!({})))]
    pub rollback: RollbackRule,
    /// How long a rollout may take, in seconds, before it is stopped. Timed pauses count, manual ones do not.
    #[cfg_attr(feature = "openapi", schema(minimum = 10, maximum = 2592000, default = 3600))]
    pub deadline_seconds: u64,
    /// Whether a release may name an artifact by digest and origin instead of a CI run.
    #[cfg_attr(feature = "openapi", schema(default = false))]
    pub allow_external_artifacts: bool,
    /// What becomes of a release that has not started when deployment or config change.
    #[cfg_attr(feature = "openapi", schema(default = "cancel"))]
    pub when_stale: StaleRule,
}

/// The CD config of a deployment at its latest revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CdConfig {
    /// The deployment.
    pub deployment: DeploymentId,
    /// The number of the spec's revision: 1 for the first; each change adds one.
    pub revision: u32,
    /// What was asked for.
    pub spec: CdSpec,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Who changed it last.
    pub updated_by: PrincipalId,
    /// The version of the row.
    pub row_version: RowVersion,
}

impl CdSpec {
    /// Reads a CD config for a deployment with `capabilities` in a tier with this `floor`. Only `strategy` is required;
    /// where the floor asks for votes, so is `approval`.
    ///
    /// # Errors
    /// Every violation of the draft.
    ///
    /// ```
    /// use cicd_core::cd::{CdSpec, PolicyFloor};
    /// use cicd_core::service::{Capabilities, Tier};
    /// let floor = PolicyFloor::default_for(Tier::Production);
    /// let draft = serde_json::json!({
    ///     "strategy": {"type": "canary", "steps": [{"weight": 10, "pause": "manual"}, {"weight": 10}]},
    /// });
    /// let violations = CdSpec::parse(&draft, &Capabilities::ALL, &floor).unwrap_err();
    /// let codes: Vec<_> = violations.iter().map(|v| (v.path.as_str(), &*v.code)).collect();
    /// assert_eq!(codes, [("/strategy/steps/1/weight", "not_rising"), ("/approval/requirements", "below_policy_floor")]);
    /// ```
    pub fn parse(
        value: &Value,
        capabilities: &Capabilities,
        floor: &PolicyFloor,
    ) -> Result<Self, Violations> {
        Violations::collect(|violations| Self::read(value, capabilities, floor, violations))
    }

    /// What is wrong with this spec at a deployment with `capabilities` in a tier with this `floor`: a stored config
    /// may no longer fit after the deployment or the floor changed.
    #[must_use]
    pub fn violations(&self, capabilities: &Capabilities, floor: &PolicyFloor) -> Violations {
        // One reading for drafts and stored specs: the rules can't drift apart.
        match serde_json::to_value(self) {
            Ok(value) => Self::parse(&value, capabilities, floor).err().unwrap_or_default(),
            Err(error) => Violations::one("", "not_json", error.to_string()),
        }
    }

    fn read(
        value: &Value,
        capabilities: &Capabilities,
        floor: &PolicyFloor,
        violations: &mut Violations,
    ) -> Option<Self> {
        let mut fields = Fields::of(value, &Path::root(), violations)?;
        let strategy = fields
            .required("strategy", violations)
            .and_then(|(value, path)| strategy::read(value, &path, capabilities, violations));
        let approval = read_approval(&mut fields, floor, violations);
        let queue = fields.choice("queue", QueueRule::default(), violations);
        let rollback = match fields.optional("rollback") {
            None => Some(RollbackRule::default()),
            Some((value, path)) => rules::rollback(value, &path, violations),
        };
        let deadline =
            fields.integer("deadline_seconds", Some(DEFAULT_DEADLINE_SECONDS), DEADLINE_SECONDS, violations);
        if let (Some(strategy), Some(deadline)) = (&strategy, deadline) {
            check_deadline(strategy, deadline, &fields.path().member("deadline_seconds"), violations);
        }
        let allow_external_artifacts = fields.flag("allow_external_artifacts", false, violations);
        let when_stale = fields.choice("when_stale", StaleRule::default(), violations);
        fields.finish(violations);
        Some(Self {
            strategy: strategy?,
            approval: approval?,
            queue: queue?,
            rollback: rollback?,
            deadline_seconds: deadline?,
            allow_external_artifacts: allow_external_artifacts?,
            when_stale: when_stale?,
        })
    }
}

fn read_approval(
    fields: &mut Fields<'_>,
    floor: &PolicyFloor,
    violations: &mut Violations,
) -> Option<ApprovalPolicy> {
    let minimum = floor.minimum_votes;
    if let Some((value, path)) = fields.optional("approval") {
        return approval_policy::approval(value, &path, minimum, violations);
    }
    let path = fields.path().member("approval").member("requirements");
    approval_policy::check_floor(&[], &path, minimum, violations);
    Some(ApprovalPolicy::default())
}

/// Notes `deadline_too_short` when the timed pauses alone use up the deadline: no rollout could succeed.
fn check_deadline(strategy: &Strategy, deadline: u64, path: &Path, violations: &mut Violations) {
    let pauses = strategy.plan().into_iter().fold(0_u64, |sum, step| match step {
        PlanStep::Pause(Pause::Seconds(seconds)) => sum.saturating_add(seconds),
        _ => sum,
    });
    if pauses > 0 && deadline <= pauses {
        let message = format!("`{deadline}`; accepted: more than {pauses}, the strategy's timed pauses");
        violations.push(path, "deadline_too_short", message);
    }
}
