//! `/locks`: deployments that their owners keep as they are.

use axum::extract::{OriginalUri, State};
use axum::http::Uri;
use axum::response::Response;
use cicd_core::gate::{Lock, LockDraft};
use cicd_core::id::LockId;
use cicd_core::port::{ListQuery, RecordKey, RecordKind};

use super::Routes;
use crate::api::{Api, location};
use crate::extract::{Delete, Params, PathId, Post, Who};
use crate::openapi::{Operation, example};
use crate::problem::{Kind, Problem};
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::of("Governance")
        .get("/locks", list, || {
            Operation::new("listLocks", "Deployments that their owners keep as they are").page::<Lock>()
        })
        .post("/locks", take, || {
            Operation::new("takeLock", "Keeps a deployment as it is until the lock is lifted or expires")
                .takes::<LockDraft>(&example::lock())
                .creates::<Lock>("The lock.")
                .meets(&[Kind::NotFound])
        })
        .get("/locks/{id}", show, || Operation::new("getLock", "A lock").row::<Lock>("The lock."))
        .delete("/locks/{id}", lift, || Operation::new("liftLock", "Lifts a lock").deletes())
}

async fn list(State(api): State<Api>, Who(caller): Who, mut params: Params) -> Result<Response, Problem> {
    let page = params.page();
    params.finish()?;
    let page = api.list(&caller, &ListQuery::Locks, &page).await?;
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

async fn lift(
    State(api): State<Api>,
    PathId(id): PathId<LockId>,
    delete: Delete,
) -> Result<Response, Problem> {
    delete.params.finish()?;
    Ok(reply::gone(&api.engine().lift_lock(&delete.caller, id, &delete.options).await?))
}
