//! Takes what a build leaves behind out of its workspace.
//!
//! A file is kept as it is. A directory is packed into a tar archive that depends on names, contents, executable bits and links alone:
//! sorted, without times and owners. The path may lead through links, but not out of the source directory.

mod pack;
#[cfg(test)]
mod tests;

use std::fs::{File, Metadata};
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use cicd_core::ci::RelativePath;
use cicd_core::port::{BlobError, ByteStream};
use futures_util::stream;
use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat, openat2};
use tokio::io::AsyncReadExt as _;

/// Why there is no artifact.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoArtifact {
    #[error("nothing is there")]
    Missing,
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Failed(#[from] io::Error),
}

impl NoArtifact {
    fn refused(reason: impl Into<String>) -> Self {
        Self::Refused(reason.into())
    }
}

/// Where an artifact is, and what it may be.
#[derive(Clone, Debug)]
pub(super) struct Taking {
    pub(super) source: PathBuf,
    pub(super) path: RelativePath,
    /// Where a directory is packed.
    pub(super) archive: PathBuf,
    /// The user that must own what is taken, where the attempt has one to itself: a step can't hand out the host's files by a
    /// hard link.
    pub(super) owner: Option<u32>,
    pub(super) most_bytes: u64,
}

impl Taking {
    /// Opens the file, or packs the directory. Nothing of the attempt runs any more.
    pub(super) fn take(&self) -> Result<File, NoArtifact> {
        let root =
            openat(CWD, &self.source, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty());
        // Not blocking, so that a named pipe can't hold the host up.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        let opened =
            openat2(root.map_err(io::Error::from)?, self.path.as_str(), flags, Mode::empty(), resolve);
        let file = File::from(opened.map_err(|error| refusal(error, &self.path))?);
        let metadata = file.metadata()?;
        self.check_owner(&metadata, self.path.as_str())?;
        if metadata.is_dir() {
            let base = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
            return pack::pack(self, &base);
        }
        if !metadata.is_file() {
            return Err(NoArtifact::refused(format!("`{}` is neither a file nor a directory", self.path)));
        }
        self.check_size(metadata.len())?;
        Ok(file)
    }

    fn check_owner(&self, metadata: &Metadata, name: &str) -> Result<(), NoArtifact> {
        match self.owner {
            Some(owner) if metadata.uid() != owner => {
                Err(NoArtifact::refused(format!("`{name}` is not a file that a step has made")))
            }
            _ => Ok(()),
        }
    }

    fn check_size(&self, bytes: u64) -> Result<(), NoArtifact> {
        if bytes > self.most_bytes {
            let most = self.most_bytes;
            return Err(NoArtifact::refused(format!("{bytes} bytes; accepted: at most {most}")));
        }
        Ok(())
    }
}

fn refusal(error: rustix::io::Errno, path: &RelativePath) -> NoArtifact {
    use rustix::io::Errno;
    match error {
        Errno::NOENT | Errno::NOTDIR => NoArtifact::Missing,
        Errno::XDEV | Errno::LOOP => {
            NoArtifact::refused(format!("`{path}` is a link that leads out of the workspace"))
        }
        other => NoArtifact::Failed(other.into()),
    }
}

/// The bytes of `file`.
pub(super) fn stream(file: File) -> ByteStream<'static> {
    let file = tokio::fs::File::from_std(file);
    Box::pin(stream::try_unfold(file, |mut file| async move {
        let mut chunk = vec![0; 64 << 10];
        let length = file.read(&mut chunk).await;
        let length = length.map_err(|error| BlobError::Unavailable { message: error.to_string() })?;
        chunk.truncate(length);
        Ok((length > 0).then_some((chunk, file)))
    }))
}

/// Whether a link at `from` (relative to a directory) to `target` stays in that directory.
fn stays_inside(from: &Path, target: &Path) -> bool {
    let mut depth = from.components().count().saturating_sub(1);
    target.components().all(|part| match part {
        std::path::Component::Normal(_) => {
            depth += 1;
            true
        }
        std::path::Component::CurDir => true,
        std::path::Component::ParentDir => match depth.checked_sub(1) {
            Some(up) => {
                depth = up;
                true
            }
            None => false,
        },
        std::path::Component::RootDir | std::path::Component::Prefix(_) => false,
    })
}
