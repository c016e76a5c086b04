//! Releases: requests, what may be done, and why they wait.

use cicd_core::authz::offers;
use cicd_core::release::Release;
use cicd_core::release::draft::ReleaseDraft;
use cicd_core::release::facts::Facts;

use crate::answer::{Answer, Problem, Validation, json};
use crate::read::{self, At};

pub(crate) fn validate(given: At<'_>) -> Answer {
    json(&Validation::from(ReleaseDraft::parse(given.value("/draft"))))
}

pub(crate) fn allowed(given: At<'_>) -> Answer {
    let shown = given.at("/release")?;
    let release = read::release(shown)?;
    let candidates = shown.optional("/rollback_candidates").map(|_| shown.texts("/rollback_candidates"));
    let permissions = read::permissions(given.at("/permissions")?)?;
    json(&offers(&release, &permissions, candidates.transpose()?.as_deref(), facts(given, &release)?))
}

pub(crate) fn explain(given: At<'_>) -> Answer {
    let release = read::release(given.at("/release")?)?;
    json(&release.explain(&facts(given, &release)?))
}

/// The facts that are given; else nothing is in the way.
fn facts(given: At<'_>, release: &Release) -> Result<Facts, Problem> {
    given.optional("/facts").map_or_else(|| Ok(Facts::undisturbed(release)), read::facts)
}
