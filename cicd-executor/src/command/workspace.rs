//! The place of one attempt: a directory and a user of its own, and an end that leaves nothing behind.

use std::fs::{self, DirBuilder, File, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use super::isolation::{Confinement, Slot};
use super::process_group::Spawner;
use super::reaper::{self, Reaper};

/// What all attempts of one executor share.
#[derive(Debug)]
pub(crate) struct Site {
    workspaces: PathBuf,
    pub(crate) spawner: Spawner,
    pub(crate) reaper: Reaper,
    confinement: Arc<Confinement>,
    opened: AtomicU64,
    /// Held as long as attempts may run: two hosts in one directory would kill each other's children.
    _lock: File,
}

impl Site {
    /// Takes `directory` over, for itself alone: what an earlier host left running is killed, what it left lying is removed.
    pub(crate) fn open(directory: &Path, confinement: Confinement) -> io::Result<Self> {
        let (attempts, workspaces) = (directory.join("attempts"), directory.join("workspaces"));
        // Children have to reach their workspace through the upper directories, and see no other one's name on the way.
        for (path, mode) in [(directory, 0o711), (&attempts, 0o700), (&workspaces, 0o711)] {
            DirBuilder::new().recursive(true).mode(mode).create(path)?;
            fs::set_permissions(path, Permissions::from_mode(mode))?;
        }
        let lock = File::create(directory.join("lock"))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => io::Error::other("another host uses it"),
            TryLockError::Error(error) => error,
        })?;
        let reaper = Reaper::new(attempts)?;
        reaper.reap_all()?;
        confinement.users().try_for_each(reaper::kill_user)?;
        for left in fs::read_dir(&workspaces)? {
            remove_tree(&left?.path())?;
        }
        let spawner = Spawner::start()?;
        let confinement = Arc::new(confinement);
        let (workspaces, opened) = (workspaces.canonicalize()?, AtomicU64::new(0));
        Ok(Self { workspaces, spawner, reaper, confinement, opened, _lock: lock })
    }

    /// A workspace for the next attempt of `owner`, once a place is free and nothing of an earlier attempt of `owner` is alive.
    pub(crate) async fn workspace(self: &Arc<Self>, owner: String) -> io::Result<Workspace> {
        let slot = self.confinement.acquire().await;
        let site = self.clone();
        blocking(move || Workspace::new(site, slot, owner)).await
    }
}

/// The directory in which one attempt runs. Closed or dropped, all processes of the attempt are killed and it is removed.
#[derive(Debug)]
pub(crate) struct Workspace {
    slot: Option<Slot>,
    root: PathBuf,
    owner: String,
    site: Arc<Site>,
}

impl Workspace {
    fn new(site: Arc<Site>, slot: Slot, owner: String) -> io::Result<Self> {
        end_processes(&site, &slot, &owner)?;
        let number = site.opened.fetch_add(1, Ordering::Relaxed);
        let root = site.workspaces.join(format!("{owner}.{number}"));
        let workspace = Self { slot: Some(slot), root, owner, site };
        workspace.directory("")?;
        workspace.directory("tmp")?;
        Ok(workspace)
    }

    /// Makes the directory `name` in the workspace, for the attempt's user alone.
    pub(crate) fn directory(&self, name: &str) -> io::Result<PathBuf> {
        let path = if name.is_empty() { self.root.clone() } else { self.root.join(name) };
        DirBuilder::new().mode(0o700).create(&path)?;
        self.give(&path)?;
        Ok(path)
    }

    /// Makes the attempt's user the owner of `path`, which the host has just made.
    pub(crate) fn give(&self, path: &Path) -> io::Result<()> {
        match self.slot.as_ref().and_then(Slot::owner) {
            Some((user, group)) => chown(path, Some(user), Some(group)),
            None => Ok(()),
        }
    }

    /// Makes the file `name` in the workspace, for the attempt's user alone. For the time before the attempt's first child.
    pub(crate) async fn file(&self, name: &str) -> io::Result<tokio::fs::File> {
        let path = self.root.join(name);
        let file = tokio::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).await?;
        self.give(&path)?;
        Ok(file)
    }

    /// The directory of the attempt.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// What the attempts share.
    pub(crate) const fn site(&self) -> &Arc<Site> {
        &self.site
    }

    /// The place that the attempt takes.
    pub(crate) fn slot(&self) -> io::Result<&Slot> {
        self.slot.as_ref().ok_or_else(|| io::Error::other("the workspace is closed"))
    }

    /// A name for the record of the next child.
    pub(crate) fn record_name(&self) -> String {
        format!("{}.{}", self.owner, self.site.opened.fetch_add(1, Ordering::Relaxed))
    }

    /// Ends the attempt.
    pub(crate) async fn close(mut self) -> io::Result<()> {
        match self.ending() {
            Some(ending) => blocking(ending).await,
            None => Ok(()),
        }
    }

    fn ending(&mut self) -> Option<impl FnOnce() -> io::Result<()> + Send + use<>> {
        let slot = self.slot.take()?;
        let (site, owner, root) = (self.site.clone(), self.owner.clone(), self.root.clone());
        Some(move || {
            end_processes(&site, &slot, &owner)?;
            remove_tree(&root)
        })
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        let Some(ending) = self.ending() else { return };
        let owner = self.owner.clone();
        let end = move || {
            if let Err(error) = ending() {
                tracing::warn!(%error, owner, "an attempt that was dropped left something behind");
            }
        };
        // Not on the caller's thread, which may belong to a runtime. Without a thread the next start cleans up.
        let _ = thread::Builder::new().name("cicd-close".to_owned()).spawn(end);
    }
}

fn end_processes(site: &Site, slot: &Slot, owner: &str) -> io::Result<()> {
    site.reaper.reap_owner(owner)?;
    slot.user().map_or(Ok(()), reaper::kill_user)
}

/// Runs `work`, which blocks, away from the threads that drive futures.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

/// Removes `path` and all below it, also directories that a step has closed to its own user.
fn remove_tree(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            open_directories(path)?;
            fs::remove_dir_all(path)
        }
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn open_directories(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() {
        fs::set_permissions(path, Permissions::from_mode(0o700))?;
        for entry in fs::read_dir(path)? {
            open_directories(&entry?.path())?;
        }
    }
    Ok(())
}
