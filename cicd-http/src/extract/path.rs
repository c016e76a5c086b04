//! The id in a path.

use std::fmt::Display;
use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use crate::problem::{Kind, Problem};

/// The one id in a path, such as a release's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PathId<T>(pub(crate) T);

impl<T: FromStr<Err: Display>, S: Send + Sync> FromRequestParts<S> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let malformed = |why: String| Problem::new(Kind::MalformedPath, why);
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|error| malformed(error.to_string()))?;
        let missing = || Problem::internal(format!("the route of `{}` has no id", parts.uri.path()));
        // A host may nest the router below a path with parameters of its own: ours is the last one.
        let (_, text) = params.iter().last().ok_or_else(missing)?;
        text.parse().map(Self).map_err(|error: T::Err| malformed(error.to_string()))
    }
}
