//! Retention: removes what is old.

use std::fs::{self, DirEntry};
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use cicd_core::digest::Digest;
use cicd_core::id::TenantId;
use cicd_core::port::BlobError;

use super::{FsBlobs, Inner};

/// How much a sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// How many artifacts.
    pub artifacts: u64,
    /// How many logs.
    pub logs: u64,
}

/// For how long nobody writes to a file that is still being written.
pub(super) const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

impl FsBlobs {
    /// Removes the logs and artifacts that were last written more than `age` ago, except the artifacts that `is_needed`: what the
    /// stable ledger, a release or a run that is not over still names.
    ///
    /// # Errors
    /// When a directory can't be read or a file can't be removed.
    pub async fn sweep(
        &self,
        age: Duration,
        is_needed: impl Fn(&TenantId, Digest) -> bool + Send + 'static,
    ) -> Result<Swept, BlobError> {
        self.blocking(move |inner| sweep(inner, age, &is_needed)).await
    }
}

fn sweep(blobs: &Inner, age: Duration, is_needed: &dyn Fn(&TenantId, Digest) -> bool) -> io::Result<Swept> {
    abandoned(blobs)?;
    let mut swept = Swept::default();
    for entry in entries(&blobs.directory.join("tenants"))? {
        let Some(tenant) = entry.file_name().to_str().and_then(|name| name.parse::<TenantId>().ok()) else {
            continue;
        };
        for shelf in entries(&entry.path().join("artifacts"))? {
            for artifact in entries(&shelf.path())? {
                let digest = artifact.file_name().to_str().and_then(digest);
                let removable = digest.is_some_and(|digest| !is_needed(&tenant, digest));
                swept.artifacts += u64::from(removable && remove_old(&artifact, age)?);
            }
        }
        for log in entries(&entry.path().join("logs"))? {
            swept.logs += u64::from(remove_old(&log, age)?);
        }
    }
    Ok(swept)
}

/// Removes what nobody can be writing to any more. Another process may share the directory, so what is young is left alone.
pub(super) fn abandoned(blobs: &Inner) -> io::Result<()> {
    entries(&blobs.unfinished())?.iter().try_for_each(|file| remove_old(file, ABANDONED).map(|_| ()))
}

pub(super) fn digest(name: &str) -> Option<Digest> {
    format!("sha256:{name}").parse().ok()
}

fn entries(directory: &Path) -> io::Result<Vec<DirEntry>> {
    match fs::read_dir(directory) {
        Ok(entries) => entries.collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn remove_old(file: &DirEntry, age: Duration) -> io::Result<bool> {
    let remove = || -> io::Result<bool> {
        let written = file.metadata()?.modified()?;
        // A file from the future is not old.
        let is_old = SystemTime::now().duration_since(written).is_ok_and(|since| since > age);
        if is_old {
            fs::remove_file(file.path())?;
        }
        Ok(is_old)
    };
    match remove() {
        // Another host was first.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        done => done,
    }
}
