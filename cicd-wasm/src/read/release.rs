//! A release as the API answers it.

use cicd_core::approval::{Vote, VoteDecision};
use cicd_core::cd::{ApprovalPolicy, QueueRule, StaleRule, Strategy};
use cicd_core::digest::Digest;
use cicd_core::id::RowVersion;
use cicd_core::release::content::{Artifact, ArtifactOrigin, Content};
use cicd_core::release::{Release, ReleaseKind, ReleaseSpec};
use cicd_core::service::Capabilities;

use super::{At, state};
use crate::answer::Problem;

/// Reads a release.
pub(crate) fn release(at: At<'_>) -> Result<Release, Problem> {
    Ok(Release {
        spec: spec(at)?,
        content_digest: at.parsed("/content_digest")?,
        votes: at.list("/votes", vote)?,
        state: state::read(at.at("/state")?)?,
        trace: at.maybe("/trace")?,
        created_at: at.parsed("/created_at")?,
        updated_at: at.parsed("/updated_at")?,
        row_version: RowVersion(at.number("/row_version")?),
    })
}

fn spec(at: At<'_>) -> Result<ReleaseSpec, Problem> {
    Ok(ReleaseSpec {
        id: at.parsed("/id")?,
        service: at.parsed("/service")?,
        environment: at.parsed("/environment")?,
        tier: at.parsed("/tier")?,
        kind: kind(at.at("/kind")?)?,
        version: at.text("/version")?.to_owned(),
        content: content(at.at("/content")?)?,
        executor: at.parsed("/executor")?,
        target: at.at("/target")?.0.clone(),
        queue: at.parsed::<QueueRule>("/queue")?,
        when_stale: at.parsed::<StaleRule>("/when_stale")?,
        deadline_seconds: at.number("/deadline_seconds")?,
        requester: at.parsed("/requester")?,
        reason: at.maybe("/reason")?,
        retry_of: at.maybe("/retry_of")?,
    })
}

fn kind(at: At<'_>) -> Result<ReleaseKind, Problem> {
    match at.text("/type")? {
        "deploy" => Ok(ReleaseKind::Deploy),
        "rollback" => Ok(ReleaseKind::Rollback {
            of: at.parsed("/of")?,
            undoes: at.texts("/undoes")?,
            target: at.parsed("/target")?,
        }),
        _ => Err(At::none("/kind/type")),
    }
}

fn content(at: At<'_>) -> Result<Content, Problem> {
    // The forms on the wire are the forms of drafts.
    let strategy = Strategy::parse(at.at("/strategy")?.0, &Capabilities::ALL)?;
    let approval = ApprovalPolicy::parse(at.at("/approval")?.0, 0)?;
    Ok(Content {
        artifact: artifact(at.at("/artifact")?)?,
        deployment: at.parsed("/deployment")?,
        deployment_revision: at.number("/deployment_revision")?,
        cd_config_revision: at.number("/cd_config_revision")?,
        strategy,
        approval,
    })
}

fn artifact(at: At<'_>) -> Result<Artifact, Problem> {
    let origin = match at.text("/origin/kind")? {
        "ci-run" => ArtifactOrigin::CiRun {
            run: at.parsed("/origin/run")?,
            commit: at.text("/origin/commit")?.to_owned(),
        },
        "external" => ArtifactOrigin::External { location: at.text("/origin/location")?.to_owned() },
        _ => return Err(At::none("/content/artifact/origin/kind")),
    };
    Ok(Artifact { digest: at.parsed::<Digest>("/digest")?, name: at.text("/name")?.to_owned(), origin })
}

fn vote(at: At<'_>) -> Result<Vote, Problem> {
    let decision = match at.text("/decision")? {
        "approve" => VoteDecision::Approve,
        "reject" => VoteDecision::Reject,
        _ => return Err(At::none("/votes/*/decision")),
    };
    Ok(Vote {
        person: at.parsed("/person")?,
        role: at.parsed("/role")?,
        decision,
        comment: at.maybe("/comment")?,
        content: at.parsed("/content")?,
        at: at.parsed("/at")?,
    })
}
