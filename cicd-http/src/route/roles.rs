//! `/roles`: who holds which role, and where.

use axum::extract::{OriginalUri, State};
use axum::http::Uri;
use axum::response::Response;
use cicd_core::authz::{Grant, GrantKey};
use cicd_core::engine::GrantQuery;
use cicd_core::id::{PrincipalId, Role};
use cicd_core::port::{RecordKey, RecordKind};

use super::Routes;
use crate::api::{Api, location, readable};
use crate::dto::{GrantView, path_segment};
use crate::extract::{Delete, Params, PathId, Post, Who};
use crate::openapi::{Operation, example};
use crate::problem::{Kind, Problem};
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::of("Governance")
        .get("/roles", list, || {
            Operation::new("listGrants", "Who holds which role, and where")
                .query::<PrincipalId>("principal", "Only grants of this principal.")
                .query::<Role>("role", "Only grants of this role.")
                .page::<GrantView>()
        })
        .post("/roles", grant, || {
            Operation::new("grantRole", "Gives a role")
                .takes::<GrantKey>(&example::grant())
                .creates::<GrantView>("The grant.")
        })
        .get("/roles/{grant}", show, || Operation::new("getGrant", "A grant").row::<GrantView>("The grant."))
        .delete("/roles/{grant}", revoke, || {
            Operation::new("revokeGrant", "Takes a role away").deletes().meets(&[Kind::LastAdmin])
        })
}

async fn list(State(api): State<Api>, Who(caller): Who, mut params: Params) -> Result<Response, Problem> {
    let paging = params.page();
    let query = GrantQuery { principal: params.take("principal"), role: params.take("role") };
    params.finish()?;
    let page = api.engine().grants(&caller, &query, paging.after.as_deref(), paging.limit).await;
    reply::records(paging.sealed(readable(page)?), GrantView::of)
}

async fn show(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(key): PathId<GrantKey>,
    params: Params,
) -> Result<Response, Problem> {
    params.finish()?;
    let record = api.engine().record(&caller, RecordKey::new(RecordKind::Grant, key)).await?;
    reply::record(record, GrantView::of)
}

async fn grant(
    State(api): State<Api>,
    original: OriginalUri,
    uri: Uri,
    post: Post,
) -> Result<Response, Problem> {
    let key = post.draft(GrantKey::parse)?;
    let outcome = api.engine().grant(&post.caller, &key, &post.options).await?;
    let place = location(&original, &uri, format_args!("/roles/{}", path_segment(&key.to_string())));
    Ok(reply::created(&outcome, outcome.value.row_version, &place, |grant: &Grant| {
        GrantView::of(grant.clone())
    }))
}

async fn revoke(
    State(api): State<Api>,
    PathId(key): PathId<GrantKey>,
    delete: Delete,
) -> Result<Response, Problem> {
    delete.params.finish()?;
    Ok(reply::gone(&api.engine().revoke_grant(&delete.caller, &key, &delete.options).await?))
}
