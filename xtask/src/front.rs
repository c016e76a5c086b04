//! The sample's weighted front: serves the stable version and, to a share of the requests, a candidate.
//!
//! `examples/sample/deploy.sh` writes what it reads; every request sees the state as it is at that moment.

mod analysis;
mod server;
mod split;
mod state;

pub(crate) use analysis::analyse;
pub(crate) use server::Front;
pub(crate) use state::StateDirectory;

#[cfg(test)]
mod tests;
