//! What a caller may ask for. Every command has an action of its own.

use serde::{Deserialize, Serialize};

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:tt),* $(,)?) => {
        /// What a caller asks for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum Action {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl Action {
            /// Every action, in the order of the who-can-what table.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The action's name, as policies, problems and audit events spell it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

actions! {
    /// Read services, deployments, configs, runs, releases and timelines.
    Read = "read",
    /// Read logs.
    ReadLog = "log.read",
    /// Read artifacts.
    ReadArtifact = "artifact.read",
    /// Read and export audit events.
    ReadAudit = "audit.read",
    /// Register or change a service.
    PutService = "service.put",
    /// Register or change a deployment: tier, executor, target and its commands.
    PutDeployment = "deployment.put",
    /// Lift the hold of a deployment.
    LiftHold = "deployment.lift_hold",
    /// Change or delete a service's CI config.
    PutCiConfig = "ci_config.put",
    /// Trigger a CI run by hand.
    TriggerRun = "ci_run.trigger",
    /// Cancel a CI run.
    CancelRun = "ci_run.cancel",
    /// Change or delete a deployment's CD config.
    PutCdConfig = "cd_config.put",
    /// Ask for a release.
    CreateRelease = "release.create",
    /// Vote for or against a release.
    Vote = "release.vote",
    /// Withdraw one's own release.
    CancelOwnRelease = "release.cancel_own",
    /// Withdraw anybody's release.
    CancelRelease = "release.cancel",
    /// Pause a rollout.
    Pause = "release.pause",
    /// Resume a rollout.
    Resume = "release.resume",
    /// Promote a rollout.
    Promote = "release.promote",
    /// Abort a rollout.
    Abort = "release.abort",
    /// Try a release's artifact again.
    Retry = "release.retry",
    /// Roll a release back.
    Rollback = "release.rollback",
    /// Set or lift a freeze.
    Freeze = "freeze.write",
    /// Lock a deployment, or unlock what one locked.
    Lock = "lock.write",
    /// Lift somebody else's lock.
    BreakLock = "lock.break",
    /// Set a tier's policy floor.
    PutPolicy = "policy.put",
    /// Give and take roles.
    ManageRoles = "role.manage",
    /// Create, list and revoke API tokens.
    ManageTokens = "token.manage",
    /// Set up, change or delete a service's sources of events, and redeliver what they sent.
    ManageSources = "source.manage",
}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
