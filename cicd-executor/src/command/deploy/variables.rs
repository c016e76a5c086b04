//! What a deployment's command is told.

use std::path::Path;

use cicd_core::cd::Strategy;
use cicd_core::port::DeployJob;
use cicd_core::release::ReleaseKind;
use cicd_core::release::content::ArtifactOrigin;

/// The variables of a command; absent facts have no variable.
pub(super) fn of(job: &DeployJob, weight: Option<u8>, artifact: Option<&Path>) -> Vec<(String, String)> {
    let spec = &job.release.spec;
    let kind = match spec.kind {
        ReleaseKind::Deploy => "deploy",
        ReleaseKind::Rollback { .. } => "rollback",
    };
    let location = match &spec.content.artifact.origin {
        ArtifactOrigin::External { location } => Some(location.clone()),
        ArtifactOrigin::CiRun { .. } => None,
    };
    let always = [
        ("CICD_RELEASE_ID", spec.id.to_string()),
        ("CICD_KIND", kind.to_owned()),
        ("CICD_SERVICE", spec.service.to_string()),
        ("CICD_ENVIRONMENT", spec.environment.to_string()),
        ("CICD_DEPLOYMENT", spec.content.deployment.to_string()),
        ("CICD_VERSION", spec.version.clone()),
        ("CICD_ARTIFACT_DIGEST", spec.content.artifact.digest.to_string()),
        ("CICD_ARTIFACT_NAME", spec.content.artifact.name.clone()),
        ("CICD_ATTEMPT_KEY", job.attempt.to_string()),
        ("CICD_EPOCH", job.epoch.to_string()),
        ("CICD_REPORT_TOKEN", job.report_token.expose().to_owned()),
        ("CICD_STRATEGY", spec.content.strategy.kind().as_str().to_owned()),
    ];
    let known = [
        ("CICD_ARTIFACT_PATH", artifact.map(|path| path.to_string_lossy().into_owned())),
        ("CICD_ARTIFACT_LOCATION", location),
        ("CICD_PREVIOUS_DIGEST", job.previous.map(|digest| digest.to_string())),
        ("CICD_WEIGHT", weight.map(|weight| weight.to_string())),
        ("TRACEPARENT", job.trace.map(|trace| trace.to_string())),
    ];
    let known = known.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let all = always.into_iter().chain(known).chain(parameters(&spec.content.strategy));
    all.map(|(name, value)| (name.to_owned(), value)).collect()
}

fn parameters(strategy: &Strategy) -> Vec<(&'static str, String)> {
    match strategy {
        Strategy::Rolling { max_surge, max_unavailable } => vec![
            ("CICD_MAX_SURGE", max_surge.to_string()),
            ("CICD_MAX_UNAVAILABLE", max_unavailable.to_string()),
        ],
        Strategy::BlueGreen { keep_old_seconds, .. } => {
            vec![("CICD_KEEP_OLD_SECONDS", keep_old_seconds.to_string())]
        }
        Strategy::Canary { .. } => Vec::new(),
    }
}
