//! Nobody reaches a route of the API before the authenticator said who they are.

use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cicd_core::authz::Caller;
use cicd_core::trace::TraceParent;

use super::pace::too_many;
use crate::api::Api;
use crate::extract::RequestId;
use crate::problem::Problem;

/// Leaves the caller in the request for [`Who`](crate::extract::Who).
pub(crate) async fn authenticate(State(api): State<Api>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match api.authenticator().authenticate(&parts).await {
        Ok(caller) => {
            let who = (caller.tenant.clone(), caller.principal.clone());
            if let Err(seconds) = api.principals().take(who, Instant::now()) {
                return too_many(&format!("`{}`", caller.principal), seconds).into_response();
            }
            let request_id = parts.extensions.get::<RequestId>().map(|RequestId(id)| id.clone());
            let trace = parts.extensions.get::<TraceParent>().copied();
            parts.extensions.insert(Caller { request_id, trace, ..caller });
            next.run(Request::from_parts(parts, body)).await
        }
        Err(error) => Problem::from(error).into_response(),
    }
}
