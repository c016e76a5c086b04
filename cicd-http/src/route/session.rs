//! `/session`: what a browser shows instead of an API token.

use std::time::Instant;

use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cicd_core::engine::Session;

use super::Routes;
use crate::api::Api;
use crate::authn::{cookie, expired, given};
use crate::dto::{SessionView, nothing};
use crate::extract::{Delete, Params, Post};
use crate::layer::too_many;
use crate::openapi::Operation;
use crate::problem::{Kind, Problem};
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::of("Governance")
        .get("/session", show, || {
            Operation::new("getSession", "The session whose cookie was shown, which lasts for another hour")
                .about("It ends an hour after it was asked for last, 12 hours after it was opened, and with the token that opened it.")
                .for_everybody()
                .session::<SessionView>(200)
                .meets(&[Kind::NotFound])
        })
        .post("/session", open, || {
            Operation::new("openSession", "Opens a session with the API token that was shown")
                .about("Its cookie is kept from scripts and from other sites. An idempotency key is not looked at.")
                .without_key()
                .takes_nothing()
                .for_everybody()
                .session::<SessionView>(201)
        })
        .delete("/session", close, || {
            Operation::new("closeSession", "Ends the session whose cookie was shown")
                .for_everybody()
                .ends_session()
                .meets(&[Kind::NotFound])
        })
}

async fn show(State(api): State<Api>, params: Params, parts: Parts) -> Result<Response, Problem> {
    params.finish()?;
    let missing = || Problem::new(Kind::NotFound, "the request shows no session");
    // Where there is a token the cookie is not looked at, here neither.
    let by_cookie = !parts.headers.contains_key(header::AUTHORIZATION);
    let text = cookie(&parts.headers)?.filter(|_| by_cookie).ok_or_else(missing)?;
    let session = api.engine().session(text).await?.ok_or_else(missing)?;
    Ok(answer(StatusCode::OK, session))
}

async fn open(State(api): State<Api>, post: Post) -> Result<Response, Problem> {
    post.draft(nothing)?;
    if !post.options.dry_run {
        let who = (post.caller.tenant.clone(), post.caller.principal.clone());
        api.sessions().take(who, Instant::now()).map_err(|seconds| too_many("the principal", seconds))?;
    }
    let session = api.engine().open_session(&post.caller, &post.options).await?;
    let mut response = answer(StatusCode::CREATED, session);
    if post.options.dry_run {
        response.headers_mut().remove(header::SET_COOKIE);
    }
    Ok(response)
}

async fn close(State(api): State<Api>, delete: Delete) -> Result<Response, Problem> {
    delete.params.finish()?;
    let outcome = api.engine().close_session(&delete.caller, &delete.options).await?;
    let gone = if delete.options.dry_run { None } else { expired() };
    Ok(with_cookie(reply::gone(&outcome), gone))
}

fn answer(status: StatusCode, session: Session) -> Response {
    let cookie = given(&session);
    let version = session.token.row_version;
    let row = reply::row(&SessionView::of(session), version);
    with_cookie((status, row).into_response(), cookie)
}

fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
