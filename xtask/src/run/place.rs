//! Where a run keeps its files: the host's data, the sample's repository, what the fronts serve.

use std::path::{Path, PathBuf};

use crate::failure::{Context as _, Failure};
use crate::tool;

/// Says that a directory is ours to remove.
const MARK: &str = ".made-by-xtask-run";

/// The directory of one run.
pub(super) struct Place {
    root: PathBuf,
    temporary: Option<tempfile::TempDir>,
}

impl Place {
    /// The directory `run` in the workspace, emptied.
    pub(super) fn fresh() -> Result<Self, Failure> {
        let root = tool::root().join("run");
        if root.join(MARK).exists() {
            std::fs::remove_dir_all(&root).context(|| format!("`{}`", root.display()))?;
        }
        if root.exists() {
            return Err(Failure::new(format!(
                "`{}` was not made by this command; move it away",
                root.display()
            )));
        }
        std::fs::create_dir(&root).context(|| format!("`{}`", root.display()))?;
        std::fs::write(root.join(MARK), "")?;
        Ok(Self { root, temporary: None })
    }

    /// A directory that goes with the run.
    pub(super) fn temporary() -> Result<Self, Failure> {
        let directory = tempfile::Builder::new().prefix("cicd-story-").tempdir()?;
        Ok(Self { root: directory.path().to_path_buf(), temporary: Some(directory) })
    }

    /// The path of `name` in it.
    pub(super) fn join(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Leaves the files for a look at them.
    pub(super) fn keep(self) -> PathBuf {
        match self.temporary {
            Some(directory) => directory.keep(),
            None => self.root,
        }
    }

    /// Copies the files of `from` to `name` in it.
    pub(super) fn copy(&self, from: &Path, name: &str) -> Result<PathBuf, Failure> {
        let to = self.join(name);
        copy(from, &to).context(|| format!("`{}`", from.display()))?;
        Ok(to)
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
