//! `/sources`: who may start runs by an event. Their secrets are named, never told.

use axum::extract::{OriginalUri, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use cicd_core::authz::Caller;
use cicd_core::id::{ServiceId, SourceId};
use cicd_core::source::{Source, SourceDraft};

use super::Routes;
use crate::api::{Api, location, readable};
use crate::dto::SourceView;
use crate::extract::{Delete, Params, PathId, Post, Put, Who};
use crate::openapi::{Operation, example};
use crate::problem::{Kind, Problem};
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::of("Sources")
        .get("/sources", list, || {
            Operation::new("listSources", "Who may start runs by an event")
                .query::<ServiceId>("service", "Only sources of this service.")
                .page::<SourceView>()
        })
        .post("/sources", create, || {
            Operation::new("createSource", "Lets a sender start runs of a service")
                .takes::<SourceDraft>(&example::source())
                .creates::<SourceView>("The source, with the address that its sender uses.")
                .meets(&[Kind::NotFound])
        })
        .get("/sources/{id}", show, || {
            Operation::new("getSource", "A source").row::<SourceView>("The source.")
        })
        .put("/sources/{id}", put, || {
            Operation::new("putSource", "Changes a source")
                .takes::<SourceDraft>(&example::source())
                .changes::<SourceView>("The source as it is now.")
        })
        .delete("/sources/{id}", delete, || {
            Operation::new("deleteSource", "Takes a source away: its sender starts nothing any more")
                .deletes()
        })
}

/// Shows a source with its address, under whatever prefix the host nested the router.
fn view(caller: &Caller, original: &OriginalUri, uri: &Uri, source: Source) -> SourceView {
    SourceView::of(source, &caller.tenant, |path| location(original, uri, path))
}

async fn list(
    State(api): State<Api>,
    Who(caller): Who,
    original: OriginalUri,
    uri: Uri,
    mut params: Params,
) -> Result<Response, Problem> {
    let paging = params.page();
    let service = params.take("service");
    params.finish()?;
    let page = api.engine().sources(&caller, service.as_ref(), paging.after.as_deref(), paging.limit).await;
    reply::records(paging.sealed(readable(page)?), |source: Source| view(&caller, &original, &uri, source))
}

async fn show(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(id): PathId<SourceId>,
    original: OriginalUri,
    uri: Uri,
    params: Params,
) -> Result<Response, Problem> {
    params.finish()?;
    let source = api.engine().source(&caller, id).await?;
    let version = source.row_version;
    Ok(reply::row(&view(&caller, &original, &uri, source), version))
}

async fn create(
    State(api): State<Api>,
    original: OriginalUri,
    uri: Uri,
    post: Post,
) -> Result<Response, Problem> {
    let draft = post.draft(SourceDraft::parse)?;
    let outcome = api.engine().create_source(&post.caller, &draft, &post.options).await?;
    let place = location(&original, &uri, format_args!("/sources/{}", outcome.value.id));
    let shown = |source: &Source| view(&post.caller, &original, &uri, source.clone());
    Ok(reply::created(&outcome, outcome.value.row_version, &place, shown))
}

async fn put(
    State(api): State<Api>,
    PathId(id): PathId<SourceId>,
    original: OriginalUri,
    uri: Uri,
    put: Put,
) -> Result<Response, Problem> {
    let draft = put.draft(SourceDraft::parse)?;
    let outcome = api.engine().put_source(&put.caller, id, &draft, &put.options).await?;
    let shown = |source: &Source| view(&put.caller, &original, &uri, source.clone());
    Ok(reply::written(StatusCode::OK, &outcome, outcome.value.row_version, shown))
}

async fn delete(
    State(api): State<Api>,
    PathId(id): PathId<SourceId>,
    delete: Delete,
) -> Result<Response, Problem> {
    delete.params.finish()?;
    Ok(reply::gone(&api.engine().delete_source(&delete.caller, id, &delete.options).await?))
}
