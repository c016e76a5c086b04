//! Secrets from files or from the host's environment.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use cicd_core::id::{SecretName, TenantId};
use cicd_core::port::{SecretError, SecretValue, Secrets};

/// The most bytes that a secret has.
pub const MAX_SECRET_BYTES: u64 = 64 << 10;

/// Secrets in files: `<directory>/<tenant>/<name>`.
///
/// A file that others than its owner and group can read or write is refused. One line break at the end is not part of the secret.
/// Files are read anew each time: a changed secret is used from the next attempt on.
#[derive(Clone, Debug)]
pub struct FileSecrets {
    directory: PathBuf,
}

/// Secrets of one tenant from the host's environment, as it was when this was made: `api-key` is `<prefix>API_KEY`.
///
/// The host's environment can be read by whatever runs as the host's user; files are better.
#[derive(Clone, Debug)]
pub struct EnvironmentSecrets {
    tenant: TenantId,
    values: BTreeMap<String, SecretValue>,
}

impl FileSecrets {
    /// Reads from `directory`, which need not exist yet.
    #[must_use]
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into() }
    }
}

impl EnvironmentSecrets {
    /// Takes the variables that begin with `prefix` for `tenant`.
    #[must_use]
    pub fn new(tenant: TenantId, prefix: &str) -> Self {
        Self::of(
            tenant,
            prefix,
            std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
        )
    }

    fn of(tenant: TenantId, prefix: &str, variables: impl Iterator<Item = (String, String)>) -> Self {
        let values = variables.filter_map(|(name, value)| {
            let name = name.strip_prefix(prefix)?.to_ascii_lowercase().replace('_', "-");
            (!value.is_empty()).then(|| (name, SecretValue::new(value)))
        });
        Self { tenant, values: values.collect() }
    }
}

#[async_trait]
impl Secrets for FileSecrets {
    async fn resolve(&self, tenant: &TenantId, name: &str) -> Result<Option<SecretValue>, SecretError> {
        let refuse = |message: String| SecretError { name: name.to_owned(), message };
        let name = name.parse::<SecretName>().map_err(|error| refuse(error.to_string()))?;
        let path = self.directory.join(tenant.as_str()).join(name.as_str());
        let read = tokio::task::spawn_blocking(move || read(&path)).await;
        read.unwrap_or_else(|error| Err(io::Error::other(error))).map_err(|error| refuse(error.to_string()))
    }
}

#[async_trait]
impl Secrets for EnvironmentSecrets {
    async fn resolve(&self, tenant: &TenantId, name: &str) -> Result<Option<SecretValue>, SecretError> {
        Ok(if *tenant == self.tenant { self.values.get(name).cloned() } else { None })
    }
}

fn read(path: &Path) -> io::Result<Option<SecretValue>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let metadata = file.metadata()?;
    let refuse = |message: &str| Err(io::Error::new(io::ErrorKind::InvalidData, message.to_owned()));
    if !metadata.is_file() || metadata.len() > MAX_SECRET_BYTES {
        return refuse("it is not a file of at most 65536 bytes");
    }
    if metadata.mode() & 0o007 != 0 {
        return refuse("everybody can reach its file; accepted: mode 0640 or less");
    }
    let mut text = String::new();
    file.take(MAX_SECRET_BYTES).read_to_string(&mut text)?;
    let value = text.strip_suffix('\n').map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text));
    if value.is_empty() || value.contains('\0') {
        return refuse("it is empty, or holds a NUL character");
    }
    Ok(Some(SecretValue::new(value.to_owned())))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn write(directory: &Path, name: &str, bytes: &[u8], mode: u32) {
        let path = directory.join("acme").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }

    async fn resolve(secrets: &dyn Secrets, tenant: &str, name: &str) -> Result<Option<String>, String> {
        let found = secrets.resolve(&tenant.parse().unwrap(), name).await;
        found.map(|value| value.map(|value| value.expose().to_owned())).map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn a_file_is_a_secret_of_its_tenant() {
        let directory = tempfile::tempdir().unwrap();
        let secrets = FileSecrets::new(directory.path());
        write(directory.path(), "api-key", b"hunter2\n", 0o600);
        assert_eq!(resolve(&secrets, "acme", "api-key").await, Ok(Some("hunter2".into())));
        assert_eq!(resolve(&secrets, "other", "api-key").await, Ok(None));
        assert_eq!(resolve(&secrets, "acme", "no-key").await, Ok(None));
    }

    #[tokio::test]
    async fn what_everybody_reads_is_no_secret() {
        let directory = tempfile::tempdir().unwrap();
        let secrets = FileSecrets::new(directory.path());
        for (name, bytes, mode) in [
            ("open", b"hunter2".as_slice(), 0o644),
            ("empty", b"\n", 0o600),
            ("binary", b"\xff\xfe", 0o600),
            ("nul", b"a\0b", 0o600),
            ("large", &[b'x'; 65_537], 0o600),
        ] {
            write(directory.path(), name, bytes, mode);
            let refused = resolve(&secrets, "acme", name).await;
            assert!(refused.as_ref().is_err_and(|error| !error.contains("hunter2")), "{name}: {refused:?}");
        }
    }

    #[tokio::test]
    async fn a_name_can_t_leave_its_directory() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("passwd"), "x").unwrap();
        let secrets = FileSecrets::new(directory.path());
        for name in ["../passwd", "..", "", "a/b", "A"] {
            assert!(resolve(&secrets, "acme", name).await.is_err(), "{name}");
        }
    }

    #[tokio::test]
    async fn variables_with_the_prefix_are_secrets_of_one_tenant() {
        let variables = [("CICD_SECRET_API_KEY", "hunter2"), ("OTHER", "x"), ("CICD_SECRET_EMPTY", "")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let secrets = EnvironmentSecrets::of("acme".parse().unwrap(), "CICD_SECRET_", variables.into_iter());
        assert_eq!(resolve(&secrets, "acme", "api-key").await, Ok(Some("hunter2".into())));
        assert_eq!(resolve(&secrets, "acme", "empty").await, Ok(None));
        assert_eq!(resolve(&secrets, "other", "api-key").await, Ok(None));
        assert!(!format!("{secrets:?}").contains("hunter2"));
    }
}
