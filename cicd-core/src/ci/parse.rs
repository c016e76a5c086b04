//! Reads the draft of a CI config and keeps reading after a mistake.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{ArtifactTarget, BuildStep, CiRules, CiSpec, EnvValue, Glob, RelativePath, Repository, Run};
use crate::id::StepName;
use crate::violation::{Fields, Path, Violations, parsed, text, wrong_type};

/// The most steps of a config.
pub const MAX_STEPS: usize = 50;
/// The most globs in each of `branches`, `tags` and `paths`.
pub const MAX_GLOBS: usize = 100;
/// The most entries of a step's `argv`.
pub const MAX_ARGUMENTS: usize = 100;
/// The most characters of one entry of `argv`.
pub const MAX_ARGUMENT_CHARACTERS: usize = 4_096;
/// The most characters of a shell line.
pub const MAX_SHELL_CHARACTERS: usize = 16_384;
/// The most environment variables of a step.
pub const MAX_ENVIRONMENT: usize = 100;
/// The most characters of an environment variable's name.
pub const MAX_ENVIRONMENT_NAME_CHARACTERS: usize = 128;
/// The most characters of an environment variable's value.
pub const MAX_ENVIRONMENT_VALUE_CHARACTERS: usize = 8_192;
/// The most attempts of a run.
pub const MAX_ATTEMPTS: u32 = 10;

/// What the names of variables that the executor sets begin with.
const RESERVED_PREFIX: &str = "CICD_";

pub(super) fn spec(draft: &Value, rules: CiRules) -> Result<CiSpec, Violations> {
    Violations::collect(|violations| {
        let fields = Fields::of(draft, &Path::root(), violations)?;
        spec_fields(fields, rules, violations)
    })
}

/// `None` only after a violation was noted.
fn spec_fields(mut fields: Fields<'_>, rules: CiRules, violations: &mut Violations) -> Option<CiSpec> {
    let repository = repository(&mut fields, rules, violations);
    let branches = globs(&mut fields, "branches", violations);
    let tags = globs(&mut fields, "tags", violations);
    let paths = globs(&mut fields, "paths", violations);
    let steps = steps(&mut fields, violations);
    let artifact =
        fields.required("artifact", violations).and_then(|(value, path)| artifact(value, &path, violations));
    let trigger_mode = fields.parsed("trigger_mode", "choice", violations);
    let executor = fields.parsed("executor", "name", violations);
    let max_attempts = whole(&mut fields, "max_attempts", 1, MAX_ATTEMPTS, violations);
    fields.finish(violations);
    Some(CiSpec {
        repository: repository?,
        branches,
        tags,
        paths,
        steps,
        artifact: artifact?,
        trigger_mode: trigger_mode?,
        executor: executor?,
        max_attempts: max_attempts?,
    })
}

/// A number from 1 to `most`.
fn whole(
    fields: &mut Fields<'_>,
    name: &'static str,
    default: u32,
    most: u32,
    violations: &mut Violations,
) -> Option<u32> {
    let number = fields.integer(name, Some(default.into()), 1..=most.into(), violations)?;
    u32::try_from(number).ok()
}

fn repository(fields: &mut Fields<'_>, rules: CiRules, violations: &mut Violations) -> Option<Repository> {
    let (value, path) = fields.required("repository", violations)?;
    if !rules.allow_local_repositories {
        return parsed(value, &path, "repository", violations);
    }
    let Value::String(url) = value else {
        wrong_type(&path, "a text", value, violations);
        return None;
    };
    Repository::parse_local(url).map_err(|error| violations.push(path, "repository", error.to_string())).ok()
}

fn globs(fields: &mut Fields<'_>, name: &'static str, violations: &mut Violations) -> Vec<Glob> {
    let entries = fields.list(name, MAX_GLOBS, violations);
    entries.into_iter().filter_map(|(value, path)| parsed(value, &path, "glob", violations)).collect()
}

fn artifact(value: &Value, path: &Path, violations: &mut Violations) -> Option<ArtifactTarget> {
    let mut fields = Fields::of(value, path, violations)?;
    let path = fields.parsed("path", "path", violations);
    let name = fields.parsed("name", "name", violations);
    fields.finish(violations);
    Some(ArtifactTarget { path: path?, name: name? })
}

fn steps(fields: &mut Fields<'_>, violations: &mut Violations) -> Vec<BuildStep> {
    let entries = match fields.required("steps", violations) {
        Some((Value::Array(items), path)) if items.is_empty() => {
            violations.push(path, "too_few", format!("no step; accepted: 1 to {MAX_STEPS}"));
            return Vec::new();
        }
        Some(_) => fields.list("steps", MAX_STEPS, violations),
        None => return Vec::new(),
    };
    let mut names = BTreeSet::new();
    entries.into_iter().filter_map(|(value, path)| step(value, &path, &mut names, violations)).collect()
}

fn step(
    value: &Value,
    path: &Path,
    names: &mut BTreeSet<StepName>,
    violations: &mut Violations,
) -> Option<BuildStep> {
    let mut fields = Fields::of(value, path, violations)?;
    let name: Option<StepName> = fields.parsed("name", "name", violations);
    if let Some(name) = name.as_ref().filter(|name| !names.insert((*name).clone())) {
        let message = format!("`{name}` is the name of an earlier step; accepted: a name of its own");
        violations.push(path.member("name"), "duplicate", message);
    }
    let run = run(&mut fields, violations);
    let (default, most) = (BuildStep::DEFAULT_TIMEOUT_SECONDS, BuildStep::MAX_TIMEOUT_SECONDS);
    let timeout_seconds = whole(&mut fields, "timeout_seconds", default, most, violations);
    let working_directory = match fields.optional("working_directory") {
        Some((value, path)) => parsed::<RelativePath>(value, &path, "path", violations).map(Some),
        None => Some(None),
    };
    let environment = environment(&mut fields, violations);
    fields.finish(violations);
    Some(BuildStep {
        name: name?,
        run: run?,
        timeout_seconds: timeout_seconds?,
        working_directory: working_directory?,
        environment,
    })
}

/// Reads a command: exactly one of the members `argv` and `shell`. For drafts that hold commands of their own, such as an
/// executor's targets.
pub fn run(fields: &mut Fields<'_>, violations: &mut Violations) -> Option<Run> {
    match (fields.optional("argv"), fields.optional("shell")) {
        (Some(_), None) => argv(fields, violations),
        (None, Some((value, path))) => {
            text(value, &path, violations, 1..=MAX_SHELL_CHARACTERS).map(Run::Shell)
        }
        (argv, _) => {
            let found = if argv.is_some() { "both `argv` and `shell`" } else { "neither `argv` nor `shell`" };
            violations.push(fields.path(), "exactly_one", format!("{found}; accepted: exactly one of them"));
            None
        }
    }
}

fn argv(fields: &mut Fields<'_>, violations: &mut Violations) -> Option<Run> {
    let (value, path) = fields.optional("argv")?;
    if value.as_array().is_some_and(Vec::is_empty) {
        violations.push(path, "too_few", format!("no program; accepted: 1 to {MAX_ARGUMENTS} entries"));
        return None;
    }
    let entries = fields.list("argv", MAX_ARGUMENTS, violations);
    let arguments = entries.into_iter().enumerate().map(|(index, (value, path))| {
        let least = usize::from(index == 0);
        text(value, &path, violations, least..=MAX_ARGUMENT_CHARACTERS)
    });
    // Read to the end: every entry may have a violation of its own.
    let arguments: Vec<_> = arguments.collect();
    arguments.into_iter().collect::<Option<_>>().map(Run::Argv)
}

/// Reads the member `environment`: variables whose values are texts or `{"secret": "name"}`; empty when it is absent.
pub fn environment(fields: &mut Fields<'_>, violations: &mut Violations) -> BTreeMap<String, EnvValue> {
    let Some((value, path)) = fields.optional("environment") else {
        return BTreeMap::new();
    };
    let Value::Object(members) = value else {
        wrong_type(&path, "an object", value, violations);
        return BTreeMap::new();
    };
    if members.len() > MAX_ENVIRONMENT {
        let message = format!("{} variables; accepted: at most {MAX_ENVIRONMENT}", members.len());
        violations.push(&path, "too_many", message);
    }
    let mut environment = BTreeMap::new();
    for (name, value) in members.iter().take(MAX_ENVIRONMENT) {
        let path = path.member(name);
        variable_name(name, &path, violations);
        if let Some(value) = variable_value(value, &path, violations) {
            environment.insert(name.clone(), value);
        }
    }
    environment
}

fn variable_name(name: &str, path: &Path, violations: &mut Violations) {
    let is_name = name.len() <= MAX_ENVIRONMENT_NAME_CHARACTERS
        && name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    if !is_name {
        let message = format!(
            "not the name of a variable; accepted: 1 to {MAX_ENVIRONMENT_NAME_CHARACTERS} of `A-Z`, `0-9` and `_`, not \
             beginning with a digit"
        );
        violations.push(path, "environment_name", message);
    } else if name.starts_with(RESERVED_PREFIX) {
        let message =
            format!("`{name}` is the executor's to set; accepted: names without `{RESERVED_PREFIX}`");
        violations.push(path, "reserved", message);
    }
}

fn variable_value(value: &Value, path: &Path, violations: &mut Violations) -> Option<EnvValue> {
    match value {
        Value::String(_) => {
            text(value, path, violations, 0..=MAX_ENVIRONMENT_VALUE_CHARACTERS).map(EnvValue::Text)
        }
        Value::Object(_) => {
            let mut fields = Fields::of(value, path, violations)?;
            let secret = fields.parsed("secret", "name", violations);
            fields.finish(violations);
            Some(EnvValue::Secret { secret: secret? })
        }
        other => {
            wrong_type(path, "a text or `{\"secret\": \"name\"}`", other, violations);
            None
        }
    }
}
