//! What handlers get from a request: every extractor answers with a problem.

mod body;
mod caller;
mod command;
mod paging;
mod params;
mod path;
mod seen;

use axum::http::{HeaderMap, HeaderName};

pub(crate) use body::{draft, raw};
pub(crate) use caller::{RequestId, Who};
pub(crate) use command::{Delete, Post, Put};
pub(crate) use paging::{Paging, sealed};
pub(crate) use params::Params;
pub(crate) use path::{PathId, PathIds};
pub(crate) use seen::Seen;

use crate::problem::{Kind, Problem};

/// The text of a header that may be there once.
///
/// # Errors
/// 400 when it is there twice, or is not text.
pub(crate) fn header_text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Problem> {
    let malformed =
        |why| Problem::new(Kind::MalformedHeader, format!("`{name}` {why}; accepted: one, of visible ASCII"));
    let mut all = headers.get_all(name).iter();
    let Some(first) = all.next() else { return Ok(None) };
    if all.next().is_some() {
        return Err(malformed("is there twice"));
    }
    first.to_str().map(|text| Some(text.trim())).map_err(|_| malformed("is not text"))
}
