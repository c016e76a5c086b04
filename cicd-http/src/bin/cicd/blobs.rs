//! Where artifacts and logs are, and whether the hosts of a database have the same ones.

use std::path::PathBuf;

use cicd_core::digest::Digest;
use cicd_core::id::TenantId;
use cicd_core::port::{Blobs, IdSource as _};
use cicd_executor::blobs::{BlobLimits, FsBlobs};
use cicd_http::RandomIds;
use clap::Args;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::data::Data;
use crate::database::Opened;
use crate::failure::Failure;

/// Whose artifact the mark is: no caller's.
const HOSTS: &str = "cicd-hosts";
/// The name of the agreement that holds the digest of the mark.
const MARK: &str = "blobs";

#[derive(Clone, Debug, Args)]
pub(crate) struct BlobStorage {
    /// Where artifacts and logs are kept instead of in the data directory. All hosts of one PostgreSQL database need the same.
    #[arg(long, env = "CICD_BLOBS", value_name = "DIR")]
    blobs: Option<PathBuf>,
}

/// An artifact that is kept whatever its age.
pub(crate) type Mark = (TenantId, Digest);

impl BlobStorage {
    pub(crate) fn open(&self, data: &Data) -> Result<FsBlobs, Failure> {
        let directory = self.blobs.clone().unwrap_or_else(|| data.blobs());
        let failed = |error| Failure::new(format!("`{}`: {error}", directory.display()));
        FsBlobs::open(&directory, BlobLimits::default()).map_err(failed)
    }
}

/// Finds out whether these are the blobs of the database's other hosts. The first host puts a random artifact into them and has the
/// database remember it; whoever can't read that very artifact has other blobs. `None` where there are no other hosts.
pub(crate) async fn shared(opened: &Opened, blobs: &dyn Blobs) -> Result<Option<Mark>, Failure> {
    if !opened.is_shared() {
        return Ok(None);
    }
    let tenant: TenantId = HOSTS.parse()?;
    let agreed = match opened.agreed(MARK).await? {
        Some(agreed) => agreed,
        None => {
            let content = stream::iter([Ok(RandomIds.secret().to_vec())]).boxed();
            let mark = blobs.put_artifact(&tenant, content).await?.digest;
            opened.propose(MARK, &mark.to_string()).await?
        }
    };
    let mark: Digest = agreed.parse()?;
    let Some(content) = blobs.artifact(&tenant, mark).await? else {
        return Err(Failure::new(
            "these are not the blobs of the database's other hosts: give every host the same `--blobs`",
        ));
    };
    content.try_collect::<Vec<_>>().await?;
    Ok(Some((tenant, mark)))
}
