//! Every limit of the HTTP face, in one table. `serve` is [`server::serve`](crate::server::serve), `Rates` are [`Rates`](crate::Rates).
//!
#![doc = include_str!("limits.md")]

use std::time::Duration;

/// The most bytes of a request's body.
pub const BODY_BYTES: usize = 1024 * 1024;
/// The deepest nesting of a JSON body.
pub const JSON_DEPTH: u16 = 64;
/// The most bytes of path and query together.
pub const URI_BYTES: usize = 8 * 1024;
/// The most bytes of all header names and values together.
pub const HEADER_BYTES: usize = 16 * 1024;
/// The most bytes of a request's head that a connection holds: more than path, query and headers may have, so that nearly
/// every head that is too large gets an answer which says so.
pub const HEAD_BYTES: usize = 64 * 1024;
/// The most characters of an idempotency key.
pub const IDEMPOTENCY_KEY_CHARACTERS: usize = 255;
/// The most characters of the name of an actor, by which events are looked for.
pub const ACTOR_CHARACTERS: usize = 200;
/// The most characters of a request id that a client chooses.
pub const REQUEST_ID_CHARACTERS: usize = 64;
/// The most bytes of one piece of a log.
pub const LOG_BYTES: u64 = 1024 * 1024;
/// The bytes of one piece of a log unless asked.
pub const LOG_BYTES_DEFAULT: u64 = 64 * 1024;
/// How long a request may take until its answer begins.
pub const REQUEST_TIME: Duration = Duration::from_secs(30);
/// How long the store may take to answer a probe of readiness.
pub const READY_TIME: Duration = Duration::from_secs(3);
/// The most failed authentications of one address within [`FAILURE_WINDOW`].
pub const FAILURES: u32 = 10;
/// The interval in which failed authentications are counted.
pub const FAILURE_WINDOW: Duration = Duration::from_secs(60);
/// The most addresses whose failures are remembered at once.
pub const FAILING_ADDRESSES: usize = 10_000;
/// How many seconds' worth of requests are taken at once.
pub const RATE_BURST_SECONDS: u64 = 5;
/// The most principals, and the most addresses, whose requests are counted at once.
pub const RATED: usize = 10_000;
/// How many sessions a second a principal opens in the long run: each leaves a row and an event for ever.
pub const SESSIONS_PER_SECOND: u32 = 2;
/// The most streams of one principal.
pub const STREAMS: usize = 20;
/// The most events that a stream which is continued may have missed.
pub const MISSED_EVENTS: u64 = 10_000;
/// How many events are held for streams that read slowly; beyond that they read from the store what they missed.
pub const STREAM_BUFFER: usize = 256;
/// How old what streams know of the governance epoch may be: together with one more such time it is how long a stream goes on
/// after a right was revoked.
pub const EPOCH_TIME: Duration = Duration::from_secs(2);
/// How long a stream goes on before its credential is checked again, though nothing was revoked: it may have expired.
pub const REAUTHENTICATION_TIME: Duration = Duration::from_secs(60);
/// After how long a silent stream says that it lives.
pub const HEARTBEAT_TIME: Duration = Duration::from_secs(15);
/// The most connections at once.
pub const CONNECTIONS: usize = 1024;
/// How long a connection may take to send a request's headers.
pub const HEADER_TIME: Duration = Duration::from_secs(10);
/// How long a host that was asked to stop answers what it has begun.
pub const DRAIN_TIME: Duration = Duration::from_secs(30);
