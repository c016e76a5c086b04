//! CI runs and deployments as child processes of the host, with less rights than the host has.
//!
//! # What a child is
//!
//! A process with a cleared environment (`PATH`, `LANG`, `HOME`, `TMPDIR` and what it is given), without input, in a process group and
//! a directory of its own, running with the rights that [`Isolation`] says. Its output goes, masked and capped, to the log.
//! At its timeout, when it is asked to stop, or when its future is dropped, the group gets a SIGTERM and, after a grace, a SIGKILL.
//! When a command ends, what it left running is killed before the next one begins.
//! Its `TRACEPARENT` is that of the request which caused the work, where one is known.
//!
//! # What is promised, and what is not
//!
//! Commands are carried out at least once ([`Delivery::AtLeastOnce`](cicd_core::port::Delivery::AtLeastOnce)): a host can die
//! after a command and before its result is stored. `CICD_ATTEMPT_KEY` and `CICD_EPOCH` let the command tell.
//! Before an attempt begins, and when a host starts, every process is killed that an earlier attempt of the same run or
//! release left: by its group, by its user, and by a mark in its environment. With [`Isolation::RunAs`] nothing escapes
//! that. With the other two, a process that leaves its group *and* clears its environment does; a wrapper that makes a PID
//! namespace, such as `bwrap --unshare-pid --die-with-parent`, closes that gap.
//! A host that is killed or stopped can end nothing: its [`Watchdog`] does, before another host may take the work over.
//! Files that a step leaves outside its workspace, such as in `/tmp`, stay there, and a later attempt may get the same user.

mod artifact;
mod ci;
mod config;
mod deploy;
mod environment;
mod error;
mod executor;
mod git;
mod isolation;
mod log;
mod mask;
mod proc;
mod process_group;
mod reaper;
mod runner;
mod script;
mod target;
#[cfg(test)]
mod testing;
mod watchdog;
mod workspace;

pub use config::CommandConfig;
pub use error::SetupError;
pub use executor::CommandExecutor;
pub use isolation::{Isolation, ProcessLimits};
pub use log::LogLimits;
pub use target::{COMMAND_SECONDS, DEFAULT_COMMAND_SECONDS, Target, TargetCommand};
pub use watchdog::{Watchdog, watch};
