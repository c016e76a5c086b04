//! `/locks`: deployments that their owners keep as they are.

use axum::extract::{OriginalUri, State};
use axum::http::Uri;
use axum::response::Response;
use cicd_core::engine::GateStatus;
use cicd_core::gate::{Lock, LockDraft};
use cicd_core::id::{DeploymentId, LockId, ServiceId};
use cicd_core::port::{RecordKey, RecordKind};
use cicd_core::service::Tier;

use super::Routes;
use crate::api::{Api, location, readable};
use crate::extract::{Delete, Params, PathId, Post, Who};
use crate::openapi::{Operation, example};
use crate::problem::{Kind, Problem};
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::of("Governance")
        .get("/locks", list, || {
            Operation::new("listLocks", "Deployments that their owners keep as they are")
                .about("With a filter a page may be short or empty and still have a `next`.")
                .query::<GateStatus>(
                    "status",
                    "Only locks that hold, `active`, or no longer do, `ended`; none is ever `planned`.",
                )
                .query::<DeploymentId>("deployment", "Only locks of this deployment.")
                .query::<ServiceId>("service", "Only locks of deployments of this service.")
                .query::<Tier>("tier", "Only locks of deployments of this tier.")
                .page::<Lock>()
        })
        .post("/locks", take, || {
            Operation::new("takeLock", "Keeps a deployment as it is until the lock is lifted or expires")
                .takes::<LockDraft>(&example::lock())
                .creates::<Lock>("The lock.")
                .meets(&[Kind::NotFound])
        })
        .get("/locks/{id}", show, || Operation::new("getLock", "A lock").row::<Lock>("The lock."))
        .delete("/locks/{id}", lift, || {
            Operation::new("liftLock", "Lifts a lock").reason("Why the lock is lifted.").deletes()
        })
}

async fn list(State(api): State<Api>, Who(caller): Who, mut params: Params) -> Result<Response, Problem> {
    let (paging, query) = (params.page(), params.gates());
    params.finish()?;
    let page = api.engine().locks(&caller, &query, paging.after.as_deref(), paging.limit).await;
    let page = paging.sealed(readable(page)?);
    reply::records(page, |lock: Lock| lock)
}

async fn show(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(id): PathId<LockId>,
    params: Params,
) -> Result<Response, Problem> {
    params.finish()?;
    let record = api.engine().record(&caller, RecordKey::new(RecordKind::Lock, id)).await?;
    reply::record(record, |lock: Lock| lock)
}

async fn take(
    State(api): State<Api>,
    original: OriginalUri,
    uri: Uri,
    post: Post,
) -> Result<Response, Problem> {
    let draft = post.draft(LockDraft::parse)?;
    let outcome = api.engine().take_lock(&post.caller, &draft, &post.options).await?;
    let place = location(&original, &uri, format_args!("/locks/{}", outcome.value.id));
    Ok(reply::created(&outcome, outcome.value.row_version, &place, Clone::clone))
}

/// `DELETE …?reason=…`.
async fn lift(
    State(api): State<Api>,
    PathId(id): PathId<LockId>,
    mut delete: Delete,
) -> Result<Response, Problem> {
    let reason = delete.reason("why the lock is lifted");
    delete.params.finish()?;
    Ok(reply::gone(&api.engine().lift_lock(&delete.caller, id, &reason, &delete.options).await?))
}
