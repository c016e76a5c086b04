//! Votes, as callers cast them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::carry_out::{Command, Needed, Step};
use super::change::{By, release_key};
use super::deployments::found;
use super::error::EngineError;
use super::facts::{Roles, facts, relied_on};
use super::releases::found_release;
use super::{Engine, Options, Outcome, queue};
use crate::approval::VoteDecision;
use crate::authz::{Action, Caller, Object};
use crate::digest::Digest;
use crate::id::{ReleaseId, Role};
use crate::port::{Load, Record, Snapshot};
use crate::release::Release;
use crate::release::command::{Ballot, Command as ReleaseCommand, MAX_COMMENT_CHARACTERS};
use crate::release::decide::decide;
use crate::release::refusal::Refusal;
use crate::release::state::State;
use crate::violation::{Fields, Path, Violations, parsed, text};

/// A vote as a caller casts it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VoteDraft {
    /// The digest of the content that the voter saw.
    pub content: Digest,
    /// The requirement that the vote shall count for; without it, the first open one that the voter's roles satisfy.
    pub role: Option<Role>,
    /// Why, at most 2 000 characters; required to reject.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 2000))]
    pub comment: Option<String>,
}

impl VoteDraft {
    /// Reads `{"content": "sha256:…", "role": …, "comment": …}`; role and comment may be left out.
    ///
    /// # Errors
    /// Every violation of the draft.
    pub fn parse(value: &Value) -> Result<Self, Violations> {
        Violations::collect(|violations| Self::read(value, violations))
    }

    fn read(value: &Value, violations: &mut Violations) -> Option<Self> {
        let mut fields = Fields::of(value, &Path::root(), violations)?;
        let content = fields.parsed("content", "invalid_digest", violations);
        let role =
            fields.optional("role").and_then(|(value, path)| parsed(value, &path, "invalid_id", violations));
        let comment = fields
            .optional("comment")
            .and_then(|(value, path)| text(value, &path, violations, 1..=MAX_COMMENT_CHARACTERS));
        fields.finish(violations);
        Some(Self { content: content?, role, comment })
    }
}

impl Engine {
    /// Votes for a release. The same vote again changes nothing.
    ///
    /// # Errors
    /// [`EngineError::Refused`] for the requester, for another content, for a person without a role that is asked for, and
    /// where votes are no longer taken; [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn approve(
        &self,
        caller: &Caller,
        id: ReleaseId,
        vote: &VoteDraft,
        options: &Options,
    ) -> Result<Outcome<Release>, EngineError> {
        self.vote(caller, id, vote, VoteDecision::Approve, options).await
    }

    /// Votes against a release, with a comment. One such vote is final.
    ///
    /// # Errors
    /// As [`Engine::approve`].
    pub async fn reject(
        &self,
        caller: &Caller,
        id: ReleaseId,
        vote: &VoteDraft,
        options: &Options,
    ) -> Result<Outcome<Release>, EngineError> {
        self.vote(caller, id, vote, VoteDecision::Reject, options).await
    }

    async fn vote(
        &self,
        caller: &Caller,
        id: ReleaseId,
        vote: &VoteDraft,
        decision: VoteDecision,
        options: &Options,
    ) -> Result<Outcome<Release>, EngineError> {
        let _turn = self.0.turns.take(&caller.tenant, format!("release {id}")).await;
        let by = By::caller(caller);
        let ballot = Ballot {
            person: caller.principal.clone(),
            role: vote.role.clone(),
            content: vote.content,
            comment: vote.comment.clone(),
        };
        let (name, command) = match decision {
            VoteDecision::Approve => ("release.approve", ReleaseCommand::Approve(ballot)),
            VoteDecision::Reject => ("release.reject", ReleaseCommand::Reject(ballot)),
        };
        self.carry_out(Command {
            caller,
            name,
            load: Load::release(id),
            options,
            need: &|snapshot| {
                let release = found_release(snapshot, id)?;
                Ok(Needed::to(Action::Vote, Object::deployment(found(snapshot, release.deployment())?)))
            },
            decide: &|snapshot, roles| voted(snapshot, id, &by, &command, roles),
        })
        .await
    }
}

fn voted(
    snapshot: &Snapshot,
    id: ReleaseId,
    by: &By,
    command: &ReleaseCommand,
    roles: Roles,
) -> Result<Step, EngineError> {
    let release = found_release(snapshot, id)?;
    let deployment = found(snapshot, release.deployment())?;
    let decided = decide(release, command, &facts(snapshot, deployment, roles.clone()));
    let events = match decided {
        // A voter who asks again after the vote was closed hears that the vote is recorded.
        Err(Refusal::NotPossible { .. }) if is_recorded(release, command) => Vec::new(),
        other => other?,
    };
    if events.is_empty() {
        return Ok(Step::Unchanged(Box::new(Record::Release(release.clone()))));
    }
    let stamped = events.iter().map(|event| (event, snapshot.now));
    let after = Release::fold(Some(release.clone()), stamped)
        .map_err(|error| EngineError::Internal { message: error.to_string() })?;
    let mut change = by.release(Some(release), events)?;
    for (key, version) in relied_on(snapshot, deployment) {
        change.rely_on(key, version);
    }
    if let Some(approved) = after.filter(|after| matches!(after.state, State::Approved { .. })) {
        queue::moved(&mut change, by, snapshot, deployment, &approved, roles)?;
    }
    Ok(Step::commit(change, release_key(id)))
}

fn is_recorded(release: &Release, command: &ReleaseCommand) -> bool {
    let (ballot, decision) = match command {
        ReleaseCommand::Approve(ballot) => (ballot, VoteDecision::Approve),
        ReleaseCommand::Reject(ballot) => (ballot, VoteDecision::Reject),
        _ => return false,
    };
    release.votes.iter().any(|vote| {
        vote.person == ballot.person && vote.decision == decision && vote.content == ballot.content
    })
}
