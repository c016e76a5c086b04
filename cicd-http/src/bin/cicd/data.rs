//! The data directory: what lies where, and who may read it.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use cicd_store_sqlite::{OpenError, SqliteOptions, SqliteStore, migrate};
use clap::Args;

use crate::failure::Failure;

/// Children of executors pass through it to their workspaces, but can't list it.
const DIRECTORY_MODE: u32 = 0o711;
/// What lies in it is the host's alone.
const FILE_MODE: u32 = 0o600;
/// How often what another process holds is asked for again. A host that was killed while it began a child still
/// holds it by that child, until the child runs its program.
const ASKED_AGAIN: u32 = 40;
/// How long after the time before.
const ASKED_AFTER: Duration = Duration::from_millis(50);

#[derive(Clone, Debug, Args)]
pub(crate) struct Data {
    /// The directory that holds the database, artifacts, logs, secrets and workspaces.
    #[arg(long = "data", env = "CICD_DATA", default_value = "cicd-data", value_name = "DIR")]
    directory: PathBuf,
}

impl Data {
    pub(crate) fn database(&self) -> PathBuf {
        self.directory.join("cicd.db")
    }

    pub(crate) fn admin_token(&self) -> PathBuf {
        self.directory.join("admin-token")
    }

    pub(crate) fn blobs(&self) -> PathBuf {
        self.directory.join("blobs")
    }

    pub(crate) fn secrets(&self) -> PathBuf {
        self.directory.join("secrets")
    }

    pub(crate) fn work(&self) -> PathBuf {
        self.directory.join("work")
    }

    /// Opens the database; a new one is made first.
    pub(crate) async fn open_or_create(&self) -> Result<SqliteStore, Failure> {
        self.create()?;
        if self.create_database()? {
            migrate(self.database()).await?;
        }
        self.open().await
    }

    /// Opens the database.
    pub(crate) async fn open(&self) -> Result<SqliteStore, Failure> {
        let path = self.database();
        if !path.exists() {
            return Err(Failure::new(format!("`{}` is not there; `cicd serve` makes it", path.display())));
        }
        open_patiently(&path).await.map_err(|error| match error {
            OpenError::SchemaOlder { .. } => {
                let line = Failure::from(error);
                Failure::new(format!("{line}: `cicd migrate up --data {}`", self.directory.display()))
            }
            OpenError::Held { .. } => {
                let line = Failure::from(error);
                Failure::new(format!("{line}: stop that host, or ask its API, such as `POST /api/v1/tokens`"))
            }
            other => other.into(),
        })
    }

    /// Holds the directory for this process, which is released however the process ends: what a host starts with is to clear the
    /// workspaces, and they would be another host's.
    pub(crate) async fn hold(&self) -> Result<File, Failure> {
        let path = self.directory.join("host.lock");
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(FILE_MODE).open(&path);
        let file = file.map_err(|error| Failure::new(format!("`{}`: {error}", path.display())))?;
        for _ in 0..ASKED_AGAIN {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(ASKED_AFTER).await,
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
        }
        let why = "another host uses this directory; accepted: a `--data` of its own for each host";
        Err(Failure::new(format!("`{}`: {why}", self.directory.display())))
    }

    /// Makes the directories, for their owner alone.
    pub(crate) fn create(&self) -> Result<(), Failure> {
        let failed = |path: &Path, error: io::Error| Failure::new(format!("`{}`: {error}", path.display()));
        let made = DirBuilder::new().recursive(true).mode(DIRECTORY_MODE).create(&self.directory);
        made.map_err(|error| failed(&self.directory, error))?;
        let mode = fs::metadata(&self.directory)?.permissions().mode();
        if mode & 0o022 != 0 {
            let why = "others may write to it; accepted: a directory that only its owner writes to";
            return Err(Failure::new(format!("`{}`: {why}", self.directory.display())));
        }
        let secrets = self.secrets();
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&secrets)
            .map_err(|error| failed(&secrets, error))
    }

    /// Makes the database's file, for its owner alone; says whether it is new. SQLite gives its side files the same rights.
    pub(crate) fn create_database(&self) -> Result<bool, Failure> {
        let path = self.database();
        match OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(&path) {
            Ok(_) => Ok(true),
            // A start that died right after it made the file left it empty.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(fs::metadata(&path)?.len() == 0),
            Err(error) => Err(Failure::new(format!("`{}`: {error}", path.display()))),
        }
    }

    /// What others than the owner may read but should not.
    pub(crate) fn exposed(&self) -> Result<Vec<PathBuf>, Failure> {
        let mut exposed = Vec::new();
        for path in [self.database(), self.admin_token(), self.blobs(), self.secrets()] {
            match fs::metadata(&path) {
                Ok(metadata) if metadata.permissions().mode() & 0o077 != 0 => exposed.push(path),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(exposed)
    }
}

async fn open_patiently(path: &Path) -> Result<SqliteStore, OpenError> {
    for _ in 0..ASKED_AGAIN {
        match SqliteStore::open(path, SqliteOptions::default()).await {
            Err(OpenError::Held { .. }) => tokio::time::sleep(ASKED_AFTER).await,
            opened => return opened,
        }
    }
    SqliteStore::open(path, SqliteOptions::default()).await
}

/// Makes a file for its owner alone and writes `text` to it, so that it survives a crash.
pub(crate) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    use std::io::Write as _;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    path.parent().map_or(Ok(()), |directory| fs::File::open(directory)?.sync_all())
}
