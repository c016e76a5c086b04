//! What surrounds every route.

mod authenticate;
mod edge;
mod pace;

pub(crate) use authenticate::authenticate;
pub(crate) use edge::edge;
pub(crate) use pace::{pace, too_many};
