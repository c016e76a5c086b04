//! `/me` and permissions: who asks, and who may do what.

use axum::extract::State;
use axum::response::Response;
use cicd_core::authz::{PrincipalKind, WhoCanWhat};
use cicd_core::engine::{PermissionScope, Permissions};
use cicd_core::id::{DeploymentId, PrincipalId, ServiceId};
use cicd_core::violation::Violations;

use super::Routes;
use crate::api::Api;
use crate::dto::CallerView;
use crate::extract::{Params, PathId, Who};
use crate::openapi::Operation;
use crate::problem::{Kind, Problem};
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::of("Governance")
        .get("/me", me, || {
            Operation::new("getMe", "Who asks, as the authenticator said")
                .for_everybody()
                .json::<CallerView<'_>>("The caller.")
        })
        .get("/me/permissions", mine, || {
            somewhere(Operation::new(
                "getMyPermissions",
                "What the caller may do with the credential that was shown",
            ))
            .for_everybody()
            .json::<Permissions>("Every action, and why not.")
            .meets(&[Kind::NotFound])
        })
        .get("/role-rights", who_can_what, || {
            Operation::new("getRoleRights", "What each role allows: who can what")
                .about("The roles that the authorizer knows beforehand. Where a grant holds is the grant's to say.")
                .for_everybody()
                .json::<WhoCanWhat>("Every role, action by action.")
        })
        .get("/principals/{principal}/permissions", of, || {
            somewhere(Operation::new("getPermissions", "What somebody may do"))
                .query::<PrincipalKind>("kind", "What stands behind the principal; a person unless said.")
                .json::<Permissions>("Every action, and why not.")
        })
}

fn somewhere(operation: Operation) -> Operation {
    operation
        .query::<ServiceId>("service", "On this service.")
        .query::<DeploymentId>("deployment", "On this deployment; neither is the tenant, both are refused.")
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

async fn who_can_what(State(api): State<Api>, Who(caller): Who, params: Params) -> Result<Response, Problem> {
    params.finish()?;
    Ok(reply::json(&api.engine().who_can_what(&caller).await?))
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
