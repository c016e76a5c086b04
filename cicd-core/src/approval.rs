//! Votes on a release and the quorum that they form.

use serde::{Deserialize, Serialize};

use crate::cd::Requirement;
use crate::digest::Digest;
use crate::id::{PrincipalId, Role};
use crate::time::Timestamp;

/// What a person says of a release's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum VoteDecision {
    /// It may ship.
    Approve,
    /// It must not ship. One is final.
    Reject,
}

/// A person's decision on one content, cast for one requirement of the approval policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Vote {
    /// Who voted. Persons are counted, not tokens.
    pub person: PrincipalId,
    /// The requirement that the vote counts for.
    pub role: Role,
    /// What was decided.
    pub decision: VoteDecision,
    /// Why, in the voter's words.
    pub comment: Option<String>,
    /// The digest of the content that the voter saw.
    pub content: Digest,
    /// When the vote was recorded.
    pub at: Timestamp,
}

/// Votes that a requirement still lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Outstanding {
    /// The role whose holders may cast them.
    pub role: Role,
    /// How many more persons it takes.
    pub missing: u32,
}

/// What the votes amount to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The requirements that still lack votes; empty at quorum.
    pub outstanding: Vec<Outstanding>,
    /// How many distinct persons approved this very content.
    pub approvals: u32,
}

impl Tally {
    /// Counts the `votes` that approve `content`, leaving out the requester and every voter for whom `eligible` says no.
    pub fn of(
        requirements: &[Requirement],
        votes: &[Vote],
        content: Digest,
        requester: &PrincipalId,
        eligible: impl Fn(&Vote) -> bool,
    ) -> Self {
        let mut counted: Vec<&Vote> = Vec::new();
        for vote in votes {
            let counts = vote.decision == VoteDecision::Approve
                && vote.content == content
                && vote.person != *requester
                && eligible(vote)
                && counted.iter().all(|earlier| earlier.person != vote.person);
            if counts {
                counted.push(vote);
            }
        }
        let cast = |role: &Role| counted.iter().filter(|vote| vote.role == *role).count();
        let outstanding = requirements
            .iter()
            .filter_map(|requirement| {
                let cast = u32::try_from(cast(&requirement.role)).unwrap_or(u32::MAX);
                let missing = requirement.count.saturating_sub(cast);
                (missing > 0).then(|| Outstanding { role: requirement.role.clone(), missing })
            })
            .collect();
        Self { outstanding, approvals: u32::try_from(counted.len()).unwrap_or(u32::MAX) }
    }

    /// Whether every requirement has its votes and at least `floor` persons approved.
    #[must_use]
    pub fn reaches(&self, floor: u32) -> bool {
        self.outstanding.is_empty() && self.approvals >= floor
    }
}
