//! A copy to keep, made while hosts go on.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use cicd_core::trail::{ChainReport, Trail as _, verify_tenant};
use sqlx::Connection as _;

use crate::config::look;
use crate::error::OpenError;
use crate::schema;
use crate::trail::SqliteTrail;

/// Copies the database at `from`, as it is at one moment, to the new file `to`, and verifies the copy: its schema, its pages,
/// every invariant and every chain. Gives what was found of the chains: a head that is kept elsewhere shows later that the
/// copy is still what was written.
///
/// A host may hold the database and go on writing; its log of changes grows until the copy is made. The file has its name
/// only once it is verified and on the disk.
///
/// # Errors
/// [`OpenError::Exists`] when there is something at `to`; [`OpenError::Corrupt`] and what
/// [`SqliteStore::open`](crate::SqliteStore::open) gives when the copy is not sound.
pub async fn backup(from: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<Vec<ChainReport>, OpenError> {
    let (from, to) = (from.as_ref(), to.as_ref());
    if fs::symlink_metadata(to).is_ok() {
        return Err(OpenError::Exists { path: to.to_path_buf() });
    }
    let partial = Partial::beside(to)?;
    write(from, &partial.path).await?;
    let reports = sound(&partial.path).await?;
    partial.keep(to)?;
    Ok(reports)
}

/// Writes what the database at `from` holds at one moment to the empty or new file `to`.
pub(crate) async fn write(from: &Path, to: &Path) -> Result<(), OpenError> {
    let path = to.to_str().ok_or_else(|| OpenError::Io {
        path: to.to_path_buf(),
        source: io::Error::other("the path is not UTF-8"),
    })?;
    let mut connection = look(from).await?;
    let written = sqlx::query("VACUUM INTO ?1").bind(path).execute(&mut connection).await;
    connection.close().await?;
    written?;
    Ok(())
}

/// Verifies all of a copy.
async fn sound(path: &Path) -> Result<Vec<ChainReport>, OpenError> {
    let mut connection = look(path).await?;
    let inspected = schema::inspect(&mut connection).await;
    connection.close().await?;
    inspected?;
    let trail = SqliteTrail::open(path).await?;
    let read = read(&trail).await;
    trail.close().await;
    let (reports, mut wrong) = read?;
    for report in &reports {
        let broken = report.error.iter();
        let name = report.chain.as_str();
        wrong.extend(broken.map(|error| format!("chain {}/{name}: {error}", report.tenant)));
    }
    if wrong.is_empty() { Ok(reports) } else { Err(OpenError::Corrupt { message: wrong.join("; ") }) }
}

async fn read(trail: &SqliteTrail) -> Result<(Vec<ChainReport>, Vec<String>), OpenError> {
    let mut reports = Vec::new();
    for tenant in trail.tenants().await? {
        reports.extend(verify_tenant(trail, &tenant).await?);
    }
    Ok((reports, trail.oracle().await?))
}

/// A file that is gone unless it is kept.
struct Partial {
    path: PathBuf,
}

impl Partial {
    /// Makes an empty file beside `to`, for its owner only.
    fn beside(to: &Path) -> Result<Self, OpenError> {
        let mut name = to.file_name().unwrap_or(OsStr::new("backup")).to_owned();
        name.push(".partial");
        let path = to.with_file_name(name);
        let mut create = OpenOptions::new();
        create.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut create, 0o600);
        match create.open(&path) {
            Ok(_) => Ok(Self { path }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(OpenError::Exists { path }),
            Err(source) => Err(OpenError::Io { path, source }),
        }
    }

    /// Brings the file to the disk and gives it its name, unless another file has it by now.
    fn keep(self, to: &Path) -> Result<(), OpenError> {
        let named = File::open(&self.path)
            .and_then(|file| file.sync_all())
            // A link is made only where nothing is; a rename would replace it.
            .and_then(|()| fs::hard_link(&self.path, to))
            .and_then(|()| fs::remove_file(&self.path))
            .and_then(|()| {
                to.canonicalize()?.parent().map_or(Ok(()), |directory| File::open(directory)?.sync_all())
            });
        named.map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => OpenError::Exists { path: to.to_path_buf() },
            _ => OpenError::Io { path: to.to_path_buf(), source },
        })
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // It is there only when something failed, which is what the caller hears of.
        let _ = fs::remove_file(&self.path);
    }
}
