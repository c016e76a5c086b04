//! `/problems`: what each problem's `type` means.

use std::str::FromStr;

use axum::response::Response;

use super::Routes;
use crate::extract::PathId;
use crate::openapi::Operation;
use crate::problem::{Help, Kind, Problem};
use crate::reply;

pub(super) fn routes() -> Routes {
    Routes::of("Host")
        .get("/problems", list, || {
            Operation::new("listProblems", "What each problem's `type` means").whole_list::<Help>()
        })
        .get("/problems/{code}", show, || {
            Operation::new("getProblem", "What a problem's `type` means").json::<Help>("Its meaning.")
        })
}

async fn list() -> Response {
    let items: Vec<_> = Kind::ALL.iter().map(|kind| kind.describe()).collect();
    reply::page(&cicd_core::page::Page { items, next: None })
}

/// The code of a problem, known or not.
struct Code(Option<Kind>);

impl FromStr for Code {
    type Err = std::convert::Infallible;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Ok(Self(Kind::from_code(code)))
    }
}

async fn show(PathId(Code(kind)): PathId<Code>) -> Result<Response, Problem> {
    let unknown = || Problem::new(Kind::NotFound, "there is no such problem");
    Ok(reply::json(&kind.ok_or_else(unknown)?.describe()))
}
