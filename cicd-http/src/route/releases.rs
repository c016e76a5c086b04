//! `/releases`: asking for one, trying again, going back, and looking at them.

use axum::extract::{OriginalUri, State};
use axum::http::Uri;
use axum::response::Response;
use cicd_core::digest::Digest;
use cicd_core::engine::{Answer, EngineError, Outcome, Question, ReleaseDraft, ReleaseQuery, View};
use cicd_core::id::{DeploymentId, Environment, PrincipalId, ReleaseId, ServiceId};
use cicd_core::port::{Born, ReleaseFilter};
use cicd_core::release::Release;
use cicd_core::time::Timestamp;
use serde_json::json;

use super::Routes;
use crate::api::{Api, location};
use crate::dto::{Detail, ReleaseView, Retry, Rollback, STATUSES, Status};
use crate::extract::{Params, PathId, Post, Seen, Who, sealed};
use crate::openapi::{Operation, example};
use crate::problem::{Kind, Problem};
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::of("Releases")
        .get("/releases", list, || {
            let about = "With an environment a page may be short or empty and still have a `next`.";
            Operation::new("listReleases", "Releases")
                .about(about)
                .newest_first()
                .query::<ServiceId>("service", "Only releases of this service.")
                .query::<DeploymentId>("deployment", "Only releases to this deployment.")
                .query_of(
                    "status",
                    &json!({ "type": "string", "enum": STATUSES }),
                    "Only releases of this status.",
                )
                .query::<Environment>("environment", "Only releases to deployments of this environment.")
                .query::<PrincipalId>("requester", "Only releases that this principal asked for.")
                .query::<Digest>("artifact", "Only releases of this artifact.")
                .query::<Timestamp>("since", "Only releases that were asked for from this time on.")
                .query::<Timestamp>("until", "Only releases that were asked for before this time.")
                .page::<ReleaseView>()
                .sees()
        })
        .post("/releases", create, || {
            Operation::new("createRelease", "Asks for a release; its content is fixed from here on")
                .takes::<ReleaseDraft>(&example::release())
                .creates::<ReleaseView>("The release.")
                .meets(&[Kind::NotFound, Kind::QueueFull, Kind::Occupied])
        })
        .get("/releases/{id}", show, || {
            Operation::new("getRelease", "A release, and what a person needs to know next")
                .row::<Detail>("The release.")
        })
        .post("/releases/{id}/retry", retry, || {
            Operation::new("retryRelease", "Asks for a new release of the same artifact")
                .takes::<Retry>(&example::reason())
                .creates::<ReleaseView>("The new release.")
                .meets(&[Kind::NotPossible, Kind::QueueFull, Kind::Occupied])
        })
        .post("/releases/{id}/rollback", rollback, || {
            Operation::new("rollbackRelease", "Brings back what ran before a release")
                .takes::<Rollback>(&example::rollback())
                .creates::<ReleaseView>("The release that goes back.")
                .meets(&[Kind::NoRollback, Kind::NotPossible, Kind::QueueFull, Kind::Occupied])
        })
}

async fn list(
    State(api): State<Api>,
    Who(caller): Who,
    seen: Seen,
    mut params: Params,
) -> Result<Response, Problem> {
    let paging = params.page();
    let (service, deployment) = (params.take("service"), params.take("deployment"));
    let status: Option<Status> = params.take("status");
    let filter = ReleaseFilter {
        service,
        deployment,
        status: status.map(|Status(name)| name.to_owned()),
        requester: params.take("requester"),
        artifact: params.take("artifact"),
        born: Born { oldest_first: params.oldest_first(), ..Born::ANY },
    };
    let (environment, since, until) =
        (params.take("environment"), params.take("since"), params.take("until"));
    params.finish()?;
    let query = ReleaseQuery { filter, environment, since, until };
    let view = View { name: "releases", of: paging.seal().to_owned(), write: written };
    let question = Question::Releases { query, after: paging.after, limit: paging.limit };
    api.page(&caller, &question, &view, seen).await
}

/// A page of releases as it is sent to clients of the list with this seal.
fn written(answer: Answer, seal: &str) -> Result<Vec<u8>, EngineError> {
    match answer {
        Answer::Releases(page) => Ok(serde_json::to_vec(&sealed(page.map(ReleaseView::of), seal))?),
        Answer::Timeline(_) => Err(EngineError::Internal { message: "a timeline is no list".to_owned() }),
    }
}

async fn show(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(id): PathId<ReleaseId>,
    params: Params,
) -> Result<Response, Problem> {
    params.finish()?;
    let detail = api.engine().release(&caller, id).await?;
    let version = detail.release.row_version;
    Ok(reply::row(&Detail::from(detail), version))
}

async fn create(
    State(api): State<Api>,
    original: OriginalUri,
    uri: Uri,
    post: Post,
) -> Result<Response, Problem> {
    let draft = post.draft(ReleaseDraft::parse)?;
    let outcome = api.engine().create_release(&post.caller, &draft, &post.options).await?;
    Ok(created(&outcome, &original, &uri))
}

async fn retry(
    State(api): State<Api>,
    PathId(id): PathId<ReleaseId>,
    original: OriginalUri,
    uri: Uri,
    post: Post,
) -> Result<Response, Problem> {
    let Retry { reason } = post.draft(Retry::parse)?;
    let outcome = api.engine().retry_release(&post.caller, id, reason.as_deref(), &post.options).await?;
    Ok(created(&outcome, &original, &uri))
}

async fn rollback(
    State(api): State<Api>,
    PathId(id): PathId<ReleaseId>,
    original: OriginalUri,
    uri: Uri,
    post: Post,
) -> Result<Response, Problem> {
    let Rollback { reason, target } = post.draft(Rollback::parse)?;
    let outcome = api.engine().rollback_release(&post.caller, id, target, &reason, &post.options).await?;
    Ok(created(&outcome, &original, &uri))
}

fn created(outcome: &Outcome<Release>, original: &OriginalUri, uri: &Uri) -> Response {
    let place = location(original, uri, format_args!("/releases/{}", outcome.value.id()));
    reply::created(outcome, outcome.value.row_version, &place, |release| ReleaseView::of(release.clone()))
}
