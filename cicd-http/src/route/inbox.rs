//! `/me/approvals`: what waits for the caller's vote.

use axum::extract::State;
use axum::response::Response;

use super::Routes;
use crate::api::{Api, readable};
use crate::dto::ReleaseView;
use crate::extract::{Params, Who};
use crate::openapi::Operation;
use crate::problem::Problem;
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::of("Releases").get("/me/approvals", list, || {
        let about = "The first that was asked for comes first. Releases of the caller's own, those on which the caller's vote is \
                     cast, and those that ask for roles which the caller doesn't hold are left out. A page may be short or \
                     empty and still have a `next`.";
        Operation::new("getMyApprovals", "The releases that wait for the caller's vote")
            .about(about)
            .for_everybody()
            .page::<ReleaseView>()
    })
}

async fn list(State(api): State<Api>, Who(caller): Who, mut params: Params) -> Result<Response, Problem> {
    let paging = params.page();
    params.finish()?;
    let page = api.engine().awaiting_vote(&caller, paging.after.as_deref(), paging.limit).await;
    Ok(reply::page(&paging.sealed(readable(page)?.map(ReleaseView::of))))
}
