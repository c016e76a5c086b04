//! `/freezes`: intervals in which nothing new ships.

use axum::extract::{OriginalUri, State};
use axum::http::Uri;
use axum::response::Response;
use cicd_core::engine::GateStatus;
use cicd_core::gate::{Freeze, FreezeDraft};
use cicd_core::id::{DeploymentId, FreezeId, ServiceId};
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
        .get("/freezes", list, || {
            Operation::new("listFreezes", "Intervals in which nothing new ships")
                .about("With a filter a page may be short or empty and still have a `next`.")
                .query::<GateStatus>("status", "Only freezes that hold back later, now, or no longer.")
                .query::<DeploymentId>(
                    "deployment",
                    "Only freezes that hold this deployment: its own, its tier's, the tenant's.",
                )
                .query::<ServiceId>("service", "Only freezes that hold a deployment of this service.")
                .query::<Tier>("tier", "Only freezes that hold this tier, or a deployment there.")
                .page::<Freeze>()
        })
        .post("/freezes", add, || {
            Operation::new("addFreeze", "Holds new releases back for an interval")
                .takes::<FreezeDraft>(&example::freeze())
                .creates::<Freeze>("The freeze.")
                .meets(&[Kind::NotFound])
        })
        .get("/freezes/{id}", show, || Operation::new("getFreeze", "A freeze").row::<Freeze>("The freeze."))
        .delete("/freezes/{id}", lift, || {
            Operation::new("liftFreeze", "Lifts a freeze").reason("Why the freeze is lifted.").deletes()
        })
}

async fn list(State(api): State<Api>, Who(caller): Who, mut params: Params) -> Result<Response, Problem> {
    let (paging, query) = (params.page(), params.gates());
    params.finish()?;
    let page = api.engine().freezes(&caller, &query, paging.after.as_deref(), paging.limit).await;
    let page = paging.sealed(readable(page)?);
    reply::records(page, |freeze: Freeze| freeze)
}

async fn show(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(id): PathId<FreezeId>,
    params: Params,
) -> Result<Response, Problem> {
    params.finish()?;
    let record = api.engine().record(&caller, RecordKey::new(RecordKind::Freeze, id)).await?;
    reply::record(record, |freeze: Freeze| freeze)
}

async fn add(
    State(api): State<Api>,
    original: OriginalUri,
    uri: Uri,
    post: Post,
) -> Result<Response, Problem> {
    let draft = post.draft(FreezeDraft::parse)?;
    let outcome = api.engine().add_freeze(&post.caller, &draft, &post.options).await?;
    let place = location(&original, &uri, format_args!("/freezes/{}", outcome.value.id));
    Ok(reply::created(&outcome, outcome.value.row_version, &place, Clone::clone))
}

/// `DELETE …?reason=…`.
async fn lift(
    State(api): State<Api>,
    PathId(id): PathId<FreezeId>,
    mut delete: Delete,
) -> Result<Response, Problem> {
    let reason = delete.reason("why the freeze is lifted");
    delete.params.finish()?;
    Ok(reply::gone(&api.engine().lift_freeze(&delete.caller, id, &reason, &delete.options).await?))
}
