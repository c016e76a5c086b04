//! The caller, whom the authentication layer left in the request.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use cicd_core::authz::Caller;

use crate::problem::Problem;

/// The id of a request.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) String);

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) struct Who(pub(crate) Caller);

impl Who {
    /// The caller of a request that passed the authentication layer.
    ///
    /// # Errors
    /// A defect, where a route was not put behind that layer.
    pub(crate) fn of(parts: &Parts) -> Result<Caller, Problem> {
        let missing = || Problem::internal(format!("`{}` is not behind authentication", parts.uri.path()));
        parts.extensions.get::<Caller>().cloned().ok_or_else(missing)
    }
}

impl<S: Sync> FromRequestParts<S> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(parts).map(Self)
    }
}
