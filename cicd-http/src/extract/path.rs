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
        // A host may nest the router below a path with parameters of its own: ours is the last one.
        let [text] = last(parts, state).await?;
        Ok(Self(parsed(&text)?))
    }
}

/// The two ids in a path, such as a source's and its delivery's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PathIds<A, B>(pub(crate) A, pub(crate) B);

impl<A, B, S> FromRequestParts<S> for PathIds<A, B>
where
    A: FromStr<Err: Display>,
    B: FromStr<Err: Display>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let [first, second] = last(parts, state).await?;
        Ok(Self(parsed(&first)?, parsed(&second)?))
    }
}

fn malformed(why: impl Display) -> Problem {
    Problem::new(Kind::MalformedPath, why.to_string())
}

fn parsed<T: FromStr<Err: Display>>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(malformed)
}

/// The last parameters of the path.
async fn last<const N: usize>(parts: &mut Parts, state: &(impl Send + Sync)) -> Result<[String; N], Problem> {
    let params = RawPathParams::from_request_parts(parts, state).await.map_err(malformed)?;
    let texts: Vec<String> = params.iter().map(|(_, text)| text.to_owned()).collect();
    let ours = texts.get(texts.len().saturating_sub(N)..).map(<[String]>::to_vec).unwrap_or_default();
    ours.try_into()
        .map_err(|_| Problem::internal(format!("the route of `{}` has too few ids", parts.uri.path())))
}
