//! Which votes a release needs, and how long it may wait for them.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::Role;
use crate::violation::{Fields, Path, Violations};

/// How many requirements a list may have.
pub const REQUIREMENTS: usize = 20;
/// How many votes one requirement may ask for.
pub const VOTES: RangeInclusive<u64> = 1..=20;
/// How long a release may wait for its votes, in seconds: a minute to 30 days.
pub const VOTES_SECONDS: RangeInclusive<u64> = 60..=30 * 24 * 3600;
/// How long a release waits for its votes unless the policy says otherwise: 7 days.
pub const DEFAULT_VOTES_SECONDS: u64 = 7 * 24 * 3600;

/// So many votes by persons with this role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// The role that a voter must hold.
    pub role: Role,
    /// How many persons; a person's vote counts for one requirement only.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 20))]
    pub count: u32,
}

/// Which votes a release needs before it may start. The requester's own never counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApprovalPolicy {
    /// What must be met, all of it; no role twice. Empty: no vote is asked.
    #[cfg_attr(feature = "openapi", schema(max_items = 20, default = json!([])))]
    pub requirements: Vec<Requirement>,
    /// How long a release may wait for its votes, in seconds; `None` means [`DEFAULT_VOTES_SECONDS`].
    #[cfg_attr(feature = "openapi", schema(minimum = 60, maximum = 2592000))]
    pub deadline_seconds: Option<u64>,
}

impl ApprovalPolicy {
    /// Reads a policy for a tier whose floor asks for `minimum` votes.
    ///
    /// # Errors
    /// Every violation of the draft.
    pub fn parse(value: &Value, minimum: u32) -> Result<Self, Violations> {
        Violations::collect(|violations| approval(value, &Path::root(), minimum, violations))
    }

    /// How many persons must approve.
    #[must_use]
    pub fn votes(&self) -> u32 {
        votes(&self.requirements)
    }

    /// How long a release waits for its votes before it expires, in seconds.
    #[must_use]
    pub fn wait_seconds(&self) -> u64 {
        self.deadline_seconds.unwrap_or(DEFAULT_VOTES_SECONDS)
    }
}

/// How many persons `requirements` ask for together.
pub(super) fn votes(requirements: &[Requirement]) -> u32 {
    requirements.iter().fold(0, |sum, requirement| sum.saturating_add(requirement.count))
}

/// Reads `{"requirements": […], "deadline_seconds": n}` and holds it against the floor's `minimum` of votes.
pub(super) fn approval(
    value: &Value,
    path: &Path,
    minimum: u32,
    violations: &mut Violations,
) -> Option<ApprovalPolicy> {
    let mut fields = Fields::of(value, path, violations)?;
    let requirements = requirements(&mut fields, "requirements", violations);
    if let Some(requirements) = &requirements {
        check_floor(requirements, &path.member("requirements"), minimum, violations);
    }
    let deadline_seconds = match fields.optional("deadline_seconds") {
        None => Some(None),
        Some((value, path)) => crate::violation::integer(value, &path, VOTES_SECONDS, violations).map(Some),
    };
    fields.finish(violations);
    Some(ApprovalPolicy { requirements: requirements?, deadline_seconds: deadline_seconds? })
}

/// Notes `below_policy_floor` when `requirements` ask for fewer than `minimum` votes.
pub(super) fn check_floor(
    requirements: &[Requirement],
    path: &Path,
    minimum: u32,
    violations: &mut Violations,
) {
    let votes = votes(requirements);
    if votes < minimum {
        let message = format!("{votes} votes; accepted: at least {minimum}, the tier's policy floor");
        violations.push(path, "below_policy_floor", message);
    }
}

/// Reads the list `name` of requirements; `None` when any of them is wrong.
pub(super) fn requirements(
    fields: &mut Fields<'_>,
    name: &'static str,
    violations: &mut Violations,
) -> Option<Vec<Requirement>> {
    let before = violations.iter().len();
    let mut seen = BTreeSet::new();
    let mut list = Vec::new();
    for (value, path) in fields.list(name, REQUIREMENTS, violations) {
        let Some(mut fields) = Fields::of(value, &path, violations) else {
            continue;
        };
        let role: Option<Role> = fields.parsed("role", "invalid_id", violations);
        let count =
            fields.integer("count", None, VOTES, violations).and_then(|count| u32::try_from(count).ok());
        fields.finish(violations);
        if let Some(role) = &role
            && !seen.insert(role.clone())
        {
            let message = format!("`{role}` stands twice; accepted: each role once, with its count");
            violations.push(path.member("role"), "duplicate", message);
        }
        list.extend(role.zip(count).map(|(role, count)| Requirement { role, count }));
    }
    (violations.iter().len() == before).then_some(list)
}
