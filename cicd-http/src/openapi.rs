//! The API's description, `OpenAPI` 3.1: made from the routes, the types that they read and write, and the problems.

mod document;
pub(crate) mod example;
mod operation;
mod parameters;
mod problems;
mod replies;
mod schemas;

pub use document::openapi;
pub(crate) use document::text;
pub(crate) use operation::Operation;
pub(crate) use replies::Header;
