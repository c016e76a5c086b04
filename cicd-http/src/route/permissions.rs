//! `/me` and permissions: who asks, and who may do what.

use axum::extract::State;
use axum::response::Response;
use cicd_core::authz::PrincipalKind;
use cicd_core::engine::PermissionScope;
use cicd_core::id::PrincipalId;
use cicd_core::violation::Violations;

use super::Routes;
use crate::api::Api;
use crate::dto::CallerView;
use crate::extract::{Params, PathId, Who};
use crate::problem::{Kind, Problem};
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/me", me)
        .get("/me/permissions", mine)
        .get("/principals/{principal}/permissions", of)
}

async fn me(Who(caller): Who, params: Params) -> Result<Response, Problem> {
    params.finish()?;
    Ok(reply::json(&CallerView::of(&caller)))
}

async fn mine(State(api): State<Api>, Who(caller): Who, mut params: Params) -> Result<Response, Problem> {
    let on = scope(&mut params);
    params.finish()?;
    Ok(reply::json(&api.engine().my_permissions(&caller, &on?).await?))
}

async fn of(
    State(api): State<Api>,
    Who(caller): Who,
    PathId(principal): PathId<PrincipalId>,
    mut params: Params,
) -> Result<Response, Problem> {
    let kind = params.take("kind").unwrap_or(PrincipalKind::Person);
    let on = scope(&mut params);
    params.finish()?;
    Ok(reply::json(&api.engine().permissions_of(&caller, &principal, kind, &on?).await?))
}

/// `?service=` or `?deployment=`; neither is the tenant.
fn scope(params: &mut Params) -> Result<PermissionScope, Problem> {
    match (params.take("service"), params.take("deployment")) {
        (None, None) => Ok(PermissionScope::Tenant),
        (Some(service), None) => Ok(PermissionScope::Service(service)),
        (None, Some(deployment)) => Ok(PermissionScope::Deployment(deployment)),
        (Some(_), Some(_)) => {
            let message = "`service` is there as well; accepted: one of the two";
            let both = Violations::one("/deployment", "excluded", message);
            Err(Problem::violations(Kind::MalformedQuery, &both))
        }
    }
}
