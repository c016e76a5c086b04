//! How a service is built: its CI config, what may trigger a run, and the runs themselves.
//!
//! A [`CiSpec`] is what people write; [`CiSpec::parse`] reports everything that is wrong with a draft at once.
//! [`trigger::verdict`] says whether an occurrence may start a run, and [`run`] is the state machine of one run.

mod commit;
mod config;
mod git_ref;
mod glob;
mod parse;
mod path;
mod repository;
pub mod run;
#[cfg(test)]
mod samples;
mod step;
mod text;
pub mod trigger;

pub use commit::{CommitSha, ParseCommitError};
pub use config::{ArtifactTarget, CiConfig, CiRules, CiSpec};
pub use git_ref::{GitRef, ParseRefError, RefName};
pub use glob::{Glob, ParseGlobError};
pub use parse::{
    MAX_ARGUMENT_CHARACTERS, MAX_ARGUMENTS, MAX_ATTEMPTS, MAX_ENVIRONMENT, MAX_ENVIRONMENT_NAME_CHARACTERS,
    MAX_ENVIRONMENT_VALUE_CHARACTERS, MAX_GLOBS, MAX_SHELL_CHARACTERS, MAX_STEPS,
    environment as read_environment, run as read_command,
};
pub use path::{ParsePathError, RelativePath};
pub use repository::{ParseRepositoryError, Repository, RepositoryForm};
pub use run::CiRun;
pub use step::{BuildStep, EnvValue, Run};
pub use trigger::{TriggerMode, TriggerType};
