//! Release governance to embed: what may ship, who said so, is it shipping, and how to get back.
//!
//! Without features this crate is the pure domain: it reads no clock, draws no randomness and does no I/O, so that the
//! same rules run in a server and in a browser.
//!
//! | feature | adds |
//! |---|---|
//! | `engine` (default) | the ports and the engine that drives them |
//! | `tokio` | `Engine::spawn_workers` and a timer on tokio |
//! | `memory` | reference adapters that keep everything in memory |
//! | `openapi` | the schemas of what goes over the wire |
//! | `testing` | conformance suites, builders and a clock that tests step |

pub mod approval;
pub mod audit;
pub mod authz;
pub mod cd;
pub mod choice;
pub mod ci;
pub mod digest;
#[cfg(feature = "engine")]
pub mod engine;
pub mod gate;
pub mod id;
pub mod json;
#[cfg(feature = "memory")]
pub mod memory;
#[cfg(feature = "engine")]
pub mod migration;
#[cfg(feature = "openapi")]
mod openapi;
pub mod page;
#[cfg(feature = "engine")]
pub mod port;
pub mod release;
pub mod service;
pub mod source;
#[cfg(feature = "testing")]
pub mod testing;
pub mod time;
pub mod timeline;
pub mod trace;
#[cfg(feature = "engine")]
pub mod trail;
pub mod violation;
