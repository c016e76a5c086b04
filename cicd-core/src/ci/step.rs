//! What a run does, step by step.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::RelativePath;
use crate::id::{SecretName, StepName};

/// One step of a build: a command in the workspace.
///
/// On the wire a step has either `argv` or `shell`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StepForm", into = "StepForm")]
pub struct BuildStep {
    /// Its name, unique within the config.
    pub name: StepName,
    /// What it runs.
    pub run: Run,
    /// How long it may take, in seconds; from 1 to [`BuildStep::MAX_TIMEOUT_SECONDS`].
    pub timeout_seconds: u32,
    /// Where in the workspace it runs; at the root of the repository when absent.
    pub working_directory: Option<RelativePath>,
    /// The environment that it gets besides the executor's.
    pub environment: BTreeMap<String, EnvValue>,
}

/// What a step runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    /// A program and its arguments, without a shell between.
    Argv(Vec<String>),
    /// A line for `/bin/sh -c`.
    Shell(String),
}

/// The value of an environment variable: a text, or `{"secret": "name"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged, deny_unknown_fields)]
pub enum EnvValue {
    /// The value itself.
    Text(String),
    /// The value that the host's secrets hold under a name; resolved when the step starts, masked in its log.
    Secret {
        /// The name.
        secret: SecretName,
    },
}

impl BuildStep {
    /// A day.
    pub const MAX_TIMEOUT_SECONDS: u32 = 86_400;
    /// An hour: what a step may take unless it says otherwise.
    pub const DEFAULT_TIMEOUT_SECONDS: u32 = 3_600;
}

/// The form of a step on the wire.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = BuildStep))]
#[serde(deny_unknown_fields)]
struct StepForm {
    name: StepName,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, min_items = 1, max_items = 100))]
    argv: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, min_length = 1, max_length = 16384))]
    shell: Option<String>,
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 86400, default = 3600))]
    timeout_seconds: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    working_directory: Option<RelativePath>,
    #[cfg_attr(feature = "openapi", schema(default = json!({})))]
    environment: BTreeMap<String, EnvValue>,
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for BuildStep {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        StepForm::schema()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for BuildStep {
    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>) {
        StepForm::schemas(schemas);
    }
}

impl TryFrom<StepForm> for BuildStep {
    type Error = &'static str;

    fn try_from(form: StepForm) -> Result<Self, Self::Error> {
        let run = match (form.argv, form.shell) {
            (Some(argv), None) => Run::Argv(argv),
            (None, Some(shell)) => Run::Shell(shell),
            _ => return Err("a step has exactly one of `argv` and `shell`"),
        };
        Ok(Self {
            name: form.name,
            run,
            timeout_seconds: form.timeout_seconds,
            working_directory: form.working_directory,
            environment: form.environment,
        })
    }
}

impl From<BuildStep> for StepForm {
    fn from(step: BuildStep) -> Self {
        let (argv, shell) = match step.run {
            Run::Argv(argv) => (Some(argv), None),
            Run::Shell(shell) => (None, Some(shell)),
        };
        Self {
            name: step.name,
            argv,
            shell,
            timeout_seconds: step.timeout_seconds,
            working_directory: step.working_directory,
            environment: step.environment,
        }
    }
}
