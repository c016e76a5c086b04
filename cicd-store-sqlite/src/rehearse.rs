//! The staging drill: migrations up, down and up again on a copy of a live database, while its host goes on.

mod contents;
mod stage;
#[cfg(test)]
mod tests;

use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use cicd_core::migration::{self, Rehearsal};
use sqlx::Connection as _;

use crate::backup::write;
use crate::config::look;
use crate::error::OpenError;
use crate::lock::FileLock;
use crate::schema::{ALL, Migration, verify};
use stage::Staging;

/// Copies the database at `path`, takes the pending migrations on the copy up, down and up again (where none is pending, the
/// last one down and up), opens it and reads from it, and removes it.
///
/// The copy is of one moment and stands in a directory beside the database, on a disk that must have room for it twice. A
/// host may hold the database and go on writing. What a killed rehearsal left behind is removed by the next one.
///
/// # Errors
/// [`OpenError::Rehearsing`] while another rehearsal of this database runs, and as
/// [`verify_schema`](crate::verify_schema). What a migration does wrong is no error, but in the report.
pub async fn rehearse(path: impl AsRef<Path>) -> Result<Rehearsal, OpenError> {
    with(path.as_ref(), ALL).await
}

/// The same with other steps.
async fn with(path: &Path, steps: &'static [Migration]) -> Result<Rehearsal, OpenError> {
    let (_lock, path) = FileLock::beside(path, ".rehearsal.lock").map_err(|error| match error {
        OpenError::Held { .. } => OpenError::Rehearsing,
        other => other,
    })?;
    let mut live = look(&path).await?;
    let verification = verify(&mut live, steps).await;
    live.close().await?;
    let verification = verification?;
    let (from, to) = (verification.version, steps.last().map_or(0, |step| step.version));
    if !verification.differences.is_empty() {
        let drift = verification.differences;
        return Ok(Rehearsal { from, to, drift, ..Rehearsal::default() });
    }
    let directory = Directory::beside(&path)?;
    let began = Instant::now();
    let copy = directory.0.join("copy.db");
    write(&path, &copy).await?;
    let copy_micros = micros(began);
    let mut staging = Staging::open(&directory.0, &copy, steps).await?;
    let rehearsed = migration::rehearse(&mut staging, from, to).await;
    // The copy is removed next: nothing depends on how its connection ends.
    let _ = staging.connection.close().await;
    Ok(Rehearsal { copy_micros, ..rehearsed? })
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// A directory for its owner alone, gone with all that is in it when it is dropped.
struct Directory(PathBuf);

impl Directory {
    /// Makes it beside the database at `path`, in place of what a killed rehearsal left.
    fn beside(path: &Path) -> Result<Self, OpenError> {
        let mut name = path.as_os_str().to_owned();
        name.push(".rehearsal");
        let directory = PathBuf::from(name);
        let failed = |source| OpenError::Io { path: directory.clone(), source };
        match fs::remove_dir_all(&directory) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let mut make = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut make, 0o700);
        make.create(&directory).map_err(failed)?;
        Ok(Self(directory))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, directory = %self.0.display(), "the copy of a rehearsal was not removed");
        }
    }
}
