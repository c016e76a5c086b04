//! What release managers, and requesters of their own releases, do to a release.

use super::carry_out::{Command, Needed, Step};
use super::change::{By, release_key};
use super::deployments::found;
use super::error::EngineError;
use super::facts::facts;
use super::releases::found_release;
use super::{Engine, Options, Outcome};
use crate::authz::{Action, Caller, Object, OfferName};
use crate::id::ReleaseId;
use crate::port::{Load, Record};
use crate::release::Release;
use crate::release::command::Command as ReleaseCommand;
use crate::release::decide::decide;
use crate::release::state::FailureCause;

/// What can be done to a release from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Steer {
    /// Withdraw it before it starts.
    Cancel,
    /// Hold its rollout before the next step.
    Pause,
    /// End a wait.
    Resume,
    /// Skip what is left before the promotion.
    Promote,
    /// Stop its rollout, and go back where the executor can.
    Abort {
        /// Why.
        reason: Option<String>,
    },
}

impl Engine {
    /// Steers a release.
    ///
    /// # Errors
    /// [`EngineError::Refused`] with what is possible instead; [`EngineError::NotFound`], [`EngineError::Denied`].
    pub async fn steer(
        &self,
        caller: &Caller,
        id: ReleaseId,
        steer: Steer,
        options: &Options,
    ) -> Result<Outcome<Release>, EngineError> {
        let by = By::caller(caller);
        let command = steer.command(caller);
        self.carry_out(Command {
            caller,
            name: steer.name(),
            load: Load::release(id),
            options,
            need: &|snapshot| {
                let release = found_release(snapshot, id)?;
                let own = release.spec.requester == caller.principal;
                Ok(Needed::to(steer.action(own), Object::deployment(found(snapshot, release.deployment())?)))
            },
            decide: &|snapshot, roles| {
                let release = found_release(snapshot, id)?;
                let deployment = found(snapshot, release.deployment())?;
                let events = decide(release, &command, &facts(snapshot, deployment, roles))?;
                if events.is_empty() {
                    return Ok(Step::Unchanged(Box::new(Record::Release(release.clone()))));
                }
                Ok(Step::commit(by.release(Some(release), events)?, release_key(id)))
            },
        })
        .await
    }
}

impl Steer {
    const fn name(&self) -> &'static str {
        match self {
            Self::Cancel => "release.cancel",
            Self::Pause => "release.pause",
            Self::Resume => "release.resume",
            Self::Promote => "release.promote",
            Self::Abort { .. } => "release.abort",
        }
    }

    const fn action(&self, own: bool) -> Action {
        let name = match self {
            Self::Cancel => OfferName::Cancel,
            Self::Pause => OfferName::Pause,
            Self::Resume => OfferName::Resume,
            Self::Promote => OfferName::Promote,
            Self::Abort { .. } => OfferName::Abort,
        };
        name.action(own)
    }

    fn command(&self, caller: &Caller) -> ReleaseCommand {
        let by = caller.principal.clone();
        match self {
            Self::Cancel => ReleaseCommand::Cancel { by },
            Self::Pause => ReleaseCommand::Pause { by },
            Self::Resume => ReleaseCommand::Resume { by },
            Self::Promote => ReleaseCommand::Promote { by },
            Self::Abort { reason } => {
                ReleaseCommand::Abort { cause: FailureCause::Aborted { by, reason: reason.clone() } }
            }
        }
    }
}
