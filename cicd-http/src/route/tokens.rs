//! `/tokens`: API tokens. The text of one is told once, when it is created; its hash never is.

use axum::extract::{OriginalUri, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use cicd_core::authz::{Caller, Token, TokenDraft};
use cicd_core::engine::{TokenQuery, TokenStatus};
use cicd_core::id::{PrincipalId, TokenId};
use cicd_core::port::{Record, RecordKey, RecordKind};
use cicd_core::time::Timestamp;

use super::Routes;
use crate::api::{Api, location, readable};
use crate::dto::{NewTokenView, TokenView};
use crate::extract::{Delete, Params, PathId, Post, Who};
use crate::openapi::{Operation, example};
use crate::problem::Problem;
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::of("Governance")
        .get("/tokens", list, || {
            Operation::new("listTokens", "API tokens")
                .about("With a filter a page may be short or empty and still have a `next`.")
                .query::<PrincipalId>("principal", "Only tokens of this principal.")
                .query::<TokenStatus>("status", "Only tokens that work, or that don't, and why.")
                .page::<TokenView>()
        })
        .post("/tokens", create, || {
            Operation::new("createToken", "Makes an API token; its text is told this once")
                .takes::<TokenDraft>(&example::token())
                .creates::<NewTokenView>("The token.")
        })
        .get("/tokens/{id}", show, || {
            Operation::new("getToken", "An API token").row::<TokenView>("The token.")
        })
        .delete("/tokens/{id}", revoke, || {
            Operation::new("revokeToken", "Ends an API token")
                .about("It stays listed, as a revoked one.")
                .changes::<TokenView>("The token, which works no more.")
        })
}

async fn list(State(api): State<Api>, Who(caller): Who, mut params: Params) -> Result<Response, Problem> {
    let paging = params.page();
    let query = TokenQuery { principal: params.take("principal"), status: params.take("status") };
    params.finish()?;
    let page = api.engine().tokens(&caller, &query, paging.after.as_deref(), paging.limit).await;
    let page = paging.sealed(readable(page)?);
    let tokens = page.items.iter().filter_map(|record| match record {
        Record::Token(token) => Some(token.id),
        _ => None,
    });
    let uses = api.engine().token_uses(&caller, &tokens.collect::<Vec<_>>()).await?;
    reply::records(page, |token: Token| {
        let last_used_at = uses.get(&token.id).copied();
        TokenView::of(token, last_used_at)
    })
}

async fn show(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(id): PathId<TokenId>,
    params: Params,
) -> Result<Response, Problem> {
    params.finish()?;
    let record = api.engine().record(&caller, RecordKey::new(RecordKind::Token, id)).await?;
    let last_used_at = last_use(&api, &caller, id).await?;
    reply::record(record, |token| TokenView::of(token, last_used_at))
}

async fn create(
    State(api): State<Api>,
    original: OriginalUri,
    uri: Uri,
    post: Post,
) -> Result<Response, Problem> {
    let draft = post.draft(TokenDraft::parse)?;
    let outcome = api.engine().create_token(&post.caller, &draft, &post.options).await?;
    let place = location(&original, &uri, format_args!("/tokens/{}", outcome.value.token.id));
    Ok(reply::created(&outcome, outcome.value.token.row_version, &place, NewTokenView::of))
}

/// The token stays listed, as a revoked one.
async fn revoke(
    State(api): State<Api>,
    PathId(id): PathId<TokenId>,
    delete: Delete,
) -> Result<Response, Problem> {
    delete.params.finish()?;
    let outcome = api.engine().revoke_token(&delete.caller, id, &delete.options).await?;
    let version = outcome.value.row_version;
    let last_used_at = last_use(&api, &delete.caller, id).await?;
    Ok(reply::written(StatusCode::OK, &outcome, version, |token| TokenView::of(token.clone(), last_used_at)))
}

async fn last_use(api: &Api, caller: &Caller, id: TokenId) -> Result<Option<Timestamp>, Problem> {
    Ok(api.engine().token_uses(caller, &[id]).await?.remove(&id))
}
