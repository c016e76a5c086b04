//! A Redis of the tests' own, and a way to it that can be made slow or cut.

mod proxy;
mod server;

pub use proxy::{Proxy, Way};
pub use server::Server;
