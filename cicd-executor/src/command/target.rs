//! The target of a deployment: which commands carry out its rollouts. An admin's to set.

use std::collections::BTreeMap;
use std::time::Duration;

use cicd_core::ci::{EnvValue, Run, read_command, read_environment};
use cicd_core::service::Capabilities;
use cicd_core::violation::{Fields, Path, Violations, text};
use serde_json::Value;

/// How long a command may take, in seconds.
pub const COMMAND_SECONDS: std::ops::RangeInclusive<u64> = 1..=86_400;
/// How long a command may take unless the target says otherwise, in seconds.
pub const DEFAULT_COMMAND_SECONDS: u64 = 600;

/// The commands of a deployment, by verb.
///
/// ```json
/// {"commands": {
///   "apply": {"argv": ["/opt/shop/deploy", "apply"], "timeout_seconds": 300,
///             "directory": "/opt/shop", "environment": {"TOKEN": {"secret": "deploy-token"}}},
///   "undo": {"shell": "/opt/shop/deploy undo"}
/// }}
/// ```
///
/// | verb | | exit codes |
/// |---|---|---|
/// | `apply` | required; brings the artifact | 0 done, else failed |
/// | `set-weight` | gives the new version `CICD_WEIGHT` percent of the traffic | 0 done, else failed |
/// | `promote` | gives it all traffic and retires the old version | 0 done, else failed |
/// | `analyse` | judges the new version | 0 good, 1 bad, else it could not tell |
/// | `undo` | brings back what ran before | 0 done, else failed |
/// | `status` | says what it knows of the rollout, changes nothing | 0 nothing is under way, 1 it failed, 3 under way, else it could not tell |
///
/// Which commands there are is what a CD config may ask for: `set-weight` and `promote` make canaries possible, `promote` blue-green,
/// `undo` going back, `analyse` the analysis named `command`. Commands may be run again with the same `CICD_ATTEMPT_KEY`
/// after a crash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    commands: BTreeMap<&'static str, TargetCommand>,
}

/// One command of a [`Target`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetCommand {
    /// What it runs.
    pub run: Run,
    /// How long it may take.
    pub timeout: Duration,
    /// Where it runs, as an absolute path; in a directory of its own, which is removed afterwards, when absent.
    pub directory: Option<String>,
    /// The environment that it gets besides the executor's.
    pub environment: BTreeMap<String, EnvValue>,
}

const VERBS: [&str; 6] = ["apply", "set-weight", "promote", "analyse", "undo", "status"];

impl Target {
    /// Reads a deployment's target.
    ///
    /// # Errors
    /// Every violation, with paths below the target.
    pub fn parse(value: &Value) -> Result<Self, Violations> {
        let mut violations = Violations::new();
        let commands = read(value, &mut violations).unwrap_or_default();
        violations.into_result(Self { commands })
    }

    /// What can be asked of it.
    #[must_use]
    pub fn capabilities(&self) -> Capabilities {
        let has = |verb| self.commands.contains_key(verb);
        Capabilities {
            weights: has("set-weight") && has("promote"),
            blue_green: has("promote"),
            undo: has("undo"),
            fence: false,
            status: has("status"),
            analysis: has("analyse"),
        }
    }

    /// The command for `verb`.
    #[must_use]
    pub fn command(&self, verb: &str) -> Option<&TargetCommand> {
        self.commands.get(verb)
    }
}

fn read(value: &Value, violations: &mut Violations) -> Option<BTreeMap<&'static str, TargetCommand>> {
    let mut target = Fields::of(value, &Path::root(), violations)?;
    let found = target.required("commands", violations);
    target.finish(violations);
    let (value, path) = found?;
    let mut fields = Fields::of(value, &path, violations)?;
    fields.required("apply", violations);
    let mut commands = BTreeMap::new();
    for verb in VERBS {
        let command = fields.optional(verb).and_then(|(value, path)| command(value, &path, violations));
        commands.extend(command.map(|command| (verb, command)));
    }
    fields.finish(violations);
    Some(commands)
}

fn command(value: &Value, path: &Path, violations: &mut Violations) -> Option<TargetCommand> {
    let mut fields = Fields::of(value, path, violations)?;
    let run = read_command(&mut fields, violations);
    let seconds =
        fields.integer("timeout_seconds", Some(DEFAULT_COMMAND_SECONDS), COMMAND_SECONDS, violations);
    let directory = match fields.optional("directory") {
        Some((value, path)) => text(value, &path, violations, 1..=4096).map(|directory| {
            if !directory.starts_with('/') {
                violations.push(&path, "path", format!("`{directory}`; accepted: an absolute path"));
            }
            Some(directory)
        }),
        None => Some(None),
    };
    let environment = read_environment(&mut fields, violations);
    fields.finish(violations);
    Some(TargetCommand {
        run: run?,
        timeout: Duration::from_secs(seconds?),
        directory: directory?,
        environment,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_commands_that_there_are_are_the_capabilities() {
        let of = |verbs: &[&str]| {
            let commands: BTreeMap<_, _> =
                verbs.iter().map(|verb| (*verb, json!({"argv": ["true"]}))).collect();
            Target::parse(&json!({ "commands": commands })).unwrap().capabilities()
        };
        assert_eq!(of(&["apply"]), Capabilities::NONE);
        assert_eq!(of(&VERBS), Capabilities { fence: false, ..Capabilities::ALL });
        assert_eq!(of(&["apply", "set-weight"]), Capabilities::NONE);
        assert_eq!(of(&["apply", "promote"]), Capabilities { blue_green: true, ..Capabilities::NONE });
        assert_eq!(of(&["apply", "analyse"]), Capabilities { analysis: true, ..Capabilities::NONE });
    }

    #[test]
    fn every_violation_is_told_at_once() {
        let target = json!({
            "colour": "red",
            "commands": {
                "set-weight": {"argv": [], "timeout_seconds": 0},
                "promote": {"argv": ["x"], "shell": "x", "directory": "relative"},
                "undo": {"argv": ["x"], "environment": {"CICD_EPOCH": "7", "lower": "x", "TOKEN": {"secret": "A"}}},
                "destroy": {"argv": ["x"]},
            },
        });
        let violations = Target::parse(&target).unwrap_err();
        let told: Vec<_> = violations.iter().map(|v| (v.path.as_str(), v.code.as_ref())).collect();
        for expected in [
            ("/colour", "unknown_field"),
            ("/commands/apply", "required"),
            ("/commands/set-weight/argv", "too_few"),
            ("/commands/set-weight/timeout_seconds", "out_of_range"),
            ("/commands/promote", "exactly_one"),
            ("/commands/promote/directory", "path"),
            ("/commands/undo/environment/CICD_EPOCH", "reserved"),
            ("/commands/undo/environment/lower", "environment_name"),
            ("/commands/undo/environment/TOKEN/secret", "name"),
            ("/commands/destroy", "unknown_field"),
        ] {
            assert!(told.contains(&expected), "{expected:?} in {told:?}");
        }
        assert_eq!(told.len(), 10, "{told:?}");
    }

    #[test]
    fn a_command_has_defaults() {
        let target = Target::parse(&json!({"commands": {"apply": {"shell": "deploy"}}})).unwrap();
        let expected = TargetCommand {
            run: Run::Shell("deploy".to_owned()),
            timeout: Duration::from_secs(DEFAULT_COMMAND_SECONDS),
            directory: None,
            environment: BTreeMap::new(),
        };
        assert_eq!((target.command("apply"), target.command("undo")), (Some(&expected), None));
    }
}
