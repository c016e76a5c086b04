//! Configs: CI, CD, approval, strategies and triggers.

use cicd_core::cd::{ApprovalPolicy, CdSpec, PolicyFloor, PreviewStep, Strategy};
use cicd_core::ci::trigger::{BlockReason, Occurrence, TriggerVerdict, verdict as trigger_verdict};
use cicd_core::ci::{CiRules, CiSpec, GitRef};
use cicd_core::service::{Capabilities, Tier};
use serde::Serialize;

use crate::answer::{Answer, Problem, Validation, json};
use crate::read::At;

pub(crate) fn validate_ci(given: At<'_>) -> Answer {
    let rules =
        CiRules { allow_local_repositories: given.flag("/allow_local_repositories")?.unwrap_or(false) };
    json(&Validation::from(CiSpec::parse_with(given.value("/draft"), rules)))
}

pub(crate) fn validate_cd(given: At<'_>) -> Answer {
    // Of a floor only its votes matter to a config; its tier decided which floor it is.
    let floor = PolicyFloor {
        minimum_votes: given.number_or("/minimum_votes", 0)?,
        ..PolicyFloor::default_for(Tier::Development)
    };
    json(&Validation::from(CdSpec::parse(given.value("/draft"), &capabilities(given)?, &floor)))
}

/// What the deployment's executor can do; everything where nobody says.
fn capabilities(given: At<'_>) -> Result<Capabilities, Problem> {
    let Some(at) = given.optional("/capabilities") else { return Ok(Capabilities::ALL) };
    let can = |pointer| Ok::<_, Problem>(at.flag(pointer)?.unwrap_or(false));
    Ok(Capabilities {
        weights: can("/weights")?,
        blue_green: can("/blue_green")?,
        undo: can("/undo")?,
        fence: can("/fence")?,
        status: can("/status")?,
        analysis: can("/analysis")?,
    })
}

pub(crate) fn validate_approval(given: At<'_>) -> Answer {
    json(&Validation::from(ApprovalPolicy::parse(
        given.value("/draft"),
        given.number_or("/minimum_votes", 0)?,
    )))
}

/// A strategy with what it does when.
#[derive(Serialize)]
struct Preview {
    strategy: Strategy,
    steps: Vec<PreviewStep>,
}

pub(crate) fn preview(given: At<'_>) -> Answer {
    let read = Strategy::parse(given.value("/draft"), &capabilities(given)?);
    json(&Validation::from(read.map(|strategy| Preview { steps: strategy.preview(), strategy })))
}

/// Whether a run may start, and why not.
#[derive(Serialize)]
struct Verdict {
    allowed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<BlockReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

pub(crate) fn verdict(given: At<'_>) -> Answer {
    // A spec on the wire has the form of a draft; that its repository may be local was the host's to say.
    let spec = CiSpec::parse_with(given.value("/spec"), CiRules { allow_local_repositories: true })?;
    let verdict = match trigger_verdict(&spec, &occurrence(given.at("/occurrence")?)?) {
        TriggerVerdict::Allowed => Verdict { allowed: true, reason: None, message: None },
        TriggerVerdict::Blocked(reason) => {
            Verdict { allowed: false, message: Some(reason.to_string()), reason: Some(reason) }
        }
    };
    json(&verdict)
}

fn occurrence(at: At<'_>) -> Result<Occurrence, Problem> {
    let git_ref = match at.text("/git_ref/type")? {
        "branch" => GitRef::Branch(at.parsed("/git_ref/name")?),
        "tag" => GitRef::Tag(at.parsed("/git_ref/name")?),
        "commit" => GitRef::Commit,
        _ => return Err(At::none("/git_ref/type")),
    };
    let changed_paths = at.optional("/changed_paths").map(|_| at.texts("/changed_paths")).transpose()?;
    Ok(Occurrence { trigger: at.parsed("/trigger")?, git_ref, changed_paths })
}
