//! Why an executor can't be set up.

use std::path::PathBuf;

/// Why the executor refuses to be enabled.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// Children would have the host's rights.
    #[error(
        "children of the host would have its rights; accepted: `run-as` with users of their own, a `wrapper` such as bwrap, \
         or `same-user-dev` for development alone"
    )]
    NotIsolated,
    /// These users can't run children.
    #[error("`run-as` users {first_uid} (+{count}), group {gid}: {reason}")]
    RunAs {
        /// The first user.
        first_uid: u32,
        /// How many users.
        count: u32,
        /// Their group.
        gid: u32,
        /// What is wrong with them.
        reason: &'static str,
    },
    /// The wrapper is no program.
    #[error("`{0}` is not a wrapper; accepted: an absolute path of a program, and its arguments")]
    Wrapper(String),
    /// A tool of the system is missing.
    #[error("`{0}` is missing; it comes with util-linux")]
    MissingTool(&'static str),
    /// A child could not be run the way it has to be.
    #[error(
        "a child that should do nothing ended otherwise ({0}); children can't be run in `{1}` with these rights"
    )]
    Probe(String, PathBuf),
    /// The directory can't be used, or what an earlier host left running in it can't be ended.
    #[error("`{0}` can't be used: {1}")]
    Directory(PathBuf, #[source] std::io::Error),
    /// The watchdog can't be begun.
    #[error("the watchdog `{0}` can't be begun: {1}")]
    Watchdog(String, #[source] std::io::Error),
}
