//! One process holds a database: everything here relies on being the only writer.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use crate::error::OpenError;

/// The lock on a database, kept on a file beside it; held until dropped, and given up by the system when its process dies.
///
/// Not on the database itself: closing any handle on that would drop SQLite's own locks.
#[derive(Debug)]
pub(crate) struct FileLock {
    file: File,
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // Closing the file is not enough: a child process that was just forked still has it open until it runs its program.
        if let Err(error) = self.file.unlock() {
            tracing::warn!(%error, "the lock of the database was not given up");
        }
    }
}

impl FileLock {
    /// Takes the lock of the database at `path`, and creates the database where there is none, for its owner only.
    pub(crate) fn take(path: &Path) -> Result<(Self, PathBuf), OpenError> {
        let io = |source| OpenError::Io { path: path.to_path_buf(), source };
        if !path.exists() {
            owned().open(path).map_err(io)?;
        }
        Self::beside(path, ".lock")
    }

    /// Takes the lock that stands in the file beside the database at `path` whose name goes on with `suffix`.
    pub(crate) fn beside(path: &Path, suffix: &str) -> Result<(Self, PathBuf), OpenError> {
        let io = |source| OpenError::Io { path: path.to_path_buf(), source };
        // Whatever links lead to it, the lock is the same.
        let path = path.canonicalize().map_err(io)?;
        let mut beside = path.clone().into_os_string();
        beside.push(suffix);
        let file = owned().open(beside).map_err(io)?;
        match file.try_lock() {
            Ok(()) => Ok((Self { file }, path)),
            Err(TryLockError::WouldBlock) => Err(OpenError::Held { path }),
            Err(TryLockError::Error(source)) => Err(OpenError::Io { path, source }),
        }
    }
}

/// How a file is made for its owner only.
fn owned() -> OpenOptions {
    let mut create = OpenOptions::new();
    create.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut create, 0o600);
    create
}
