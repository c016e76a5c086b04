//! What surrounds every route.

mod authenticate;
mod edge;

pub(crate) use authenticate::authenticate;
pub(crate) use edge::edge;
