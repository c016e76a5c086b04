//! What the engine promises, over whatever store `crate::backend` opens.

mod builds;
mod clock;
mod deploys;
mod hooks;
mod oracle;
mod world;

mod handover;
mod leases;
mod queues;
mod races;
mod rollouts;
mod runs;
mod story;
mod votes;
