//! What the engine promises, over whatever store `crate::backend` opens.

mod builds;
mod clock;
mod commands;
mod deploys;
mod hooks;
mod oracle;
mod world;

mod denials;
mod dropped;
mod explain;
mod handover;
mod hosts;
mod inbox;
mod keys;
mod leases;
mod overview;
mod pages;
mod queues;
mod quorums;
mod races;
mod rollouts;
mod runs;
mod scopes;
mod sources;
mod story;
mod subscribe;
mod timelines;
mod tokens;
mod traces;
mod versions;
mod votes;
