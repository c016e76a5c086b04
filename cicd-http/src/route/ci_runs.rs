//! CI runs: triggered by hand for a service, looked at and cancelled by their id.

use axum::extract::{OriginalUri, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use cicd_core::ci::run::{CiRun, RunDraft, RunStatusName};
use cicd_core::ci::{CommitSha, RefName};
use cicd_core::id::{CiRunId, ServiceId};
use cicd_core::port::{Born, ListQuery, RunFilter};
use cicd_core::time::Timestamp;

use super::Routes;
use crate::api::{Api, location};
use crate::dto::nothing;
use crate::extract::{Params, PathId, Post, Who};
use crate::openapi::{Operation, example};
use crate::problem::{Kind, Problem};
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::of("CI runs")
        .get("/services/{service}/ci-runs", list, || {
            Operation::new("listCiRuns", "The CI runs of a service")
                .newest_first()
                .query::<RefName>("ref", "Only runs of the branch or tag of this name.")
                .query::<CommitSha>("commit", "Only runs of this commit.")
                .query::<Timestamp>("since", "Only runs that were triggered from this time on.")
                .query::<Timestamp>("until", "Only runs that were triggered before this time.")
                .query::<RunStatusName>("status", "Only runs of this status.")
                .page::<CiRun>()
        })
        .post("/services/{service}/ci-runs", trigger, || {
            Operation::new("triggerCiRun", "Starts a CI run by hand")
                .takes::<RunDraft>(&example::run())
                .creates::<CiRun>("The run, which waits for a worker.")
                .meets(&[Kind::TriggerBlocked])
        })
        .get("/ci-runs/{id}", show, || Operation::new("getCiRun", "A CI run").row::<CiRun>("The run."))
        .post("/ci-runs/{id}/cancel", cancel, || {
            Operation::new("cancelCiRun", "Stops a CI run")
                .takes_nothing()
                .changes::<CiRun>("The run, which is asked to stop or has.")
                .meets(&[Kind::NotPossible])
        })
}

async fn list(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(service): PathId<ServiceId>,
    mut params: Params,
) -> Result<Response, Problem> {
    let paging = params.page();
    let status: Option<RunStatusName> = params.take("status");
    let filter = RunFilter {
        service: Some(service.clone()),
        status: status.map(|status| status.to_string()),
        git_ref: params.take("ref"),
        commit: params.take("commit"),
        born: Born::ANY,
    };
    let (oldest_first, since, until) = (params.oldest_first(), params.take("since"), params.take("until"));
    params.finish()?;
    api.engine().service(&caller, &service).await?;
    let born = api.engine().born(&caller.tenant, since, until, oldest_first).await?;
    let page = api.list(&caller, &ListQuery::CiRuns(RunFilter { born, ..filter }), &paging).await?;
    reply::records(page, |run: CiRun| run)
}

async fn trigger(
    State(api): State<Api>,
    PathId(service): PathId<ServiceId>,
    original: OriginalUri,
    uri: Uri,
    post: Post,
) -> Result<Response, Problem> {
    let draft = post.draft(RunDraft::parse)?;
    let outcome = api.engine().trigger_run(&post.caller, &service, &draft, &post.options).await?;
    let place = location(&original, &uri, format_args!("/ci-runs/{}", outcome.value.id));
    Ok(reply::created(&outcome, outcome.value.row_version, &place, Clone::clone))
}

async fn show(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(id): PathId<CiRunId>,
    params: Params,
) -> Result<Response, Problem> {
    params.finish()?;
    let run = api.engine().run(&caller, id).await?;
    Ok(reply::row(&run, run.row_version))
}

async fn cancel(
    State(api): State<Api>,
    PathId(id): PathId<CiRunId>,
    post: Post,
) -> Result<Response, Problem> {
    post.draft(nothing)?;
    let outcome = api.engine().cancel_run(&post.caller, id, &post.options).await?;
    Ok(reply::written(StatusCode::OK, &outcome, outcome.value.row_version, Clone::clone))
}
