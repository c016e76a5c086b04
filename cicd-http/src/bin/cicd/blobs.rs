//! Where artifacts and logs are, and whether the hosts of a database have the same ones.

mod opened;
mod place;

use std::path::Path;

use cicd_core::digest::Digest;
use cicd_core::id::TenantId;
use cicd_core::port::{Blobs, IdSource as _};
#[cfg(feature = "s3")]
use cicd_executor::blobs::s3::{S3Blobs, S3Options};
use cicd_executor::blobs::{BlobLimits, FsBlobs};
use cicd_http::RandomIds;
use clap::Args;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::data::Data;
use crate::database::Opened;
use crate::failure::Failure;
use place::Place;

pub(crate) use opened::OpenedBlobs;

/// Whose artifact the mark is: no caller's.
const HOSTS: &str = "cicd-hosts";
const NOT_THE_SAME: &str =
    "these are not the blobs of the database's other hosts: give every host the same `--blobs`";
/// The name of the agreement that holds the digest of the mark.
const MARK: &str = "blobs";

#[derive(Clone, Debug, Args)]
pub(crate) struct BlobStorage {
    /// Where artifacts and logs are kept instead of in the data directory: a directory, or `s3://BUCKET/PREFIX`, whose credentials
    /// come from the environment (`AWS_ACCESS_KEY_ID` and so on). All hosts of one PostgreSQL database need the same.
    #[arg(long, env = "CICD_BLOBS", value_name = "PLACE")]
    blobs: Option<Place>,
    /// The address of the S3 server, such as `https://minio.example:9000`; without one `AWS_ENDPOINT_URL`, or Amazon's.
    #[cfg(feature = "s3")]
    #[arg(long, env = "CICD_S3_ENDPOINT", value_name = "URL")]
    s3_endpoint: Option<String>,
    /// The region of the S3 bucket; without one `AWS_REGION`.
    #[cfg(feature = "s3")]
    #[arg(long, env = "CICD_S3_REGION", value_name = "REGION")]
    s3_region: Option<String>,
}

/// An artifact that is kept whatever its age.
pub(crate) type Mark = (TenantId, Digest);

impl BlobStorage {
    /// Whether a place was named.
    pub(crate) const fn is_named(&self) -> bool {
        self.blobs.is_some()
    }

    /// The directory that was named, where there is none: opening it would make it.
    pub(crate) fn missing(&self) -> Option<&Path> {
        match &self.blobs {
            Some(Place::Directory(directory)) if !directory.is_dir() => Some(directory),
            _ => None,
        }
    }

    pub(crate) async fn open(&self, data: &Data) -> Result<OpenedBlobs, Failure> {
        let directory = match &self.blobs {
            Some(Place::S3(address)) => return self.open_s3(address).await,
            Some(Place::Directory(directory)) => directory.clone(),
            None => data.blobs(),
        };
        let failed = |error| Failure::new(format!("`{}`: {error}", directory.display()));
        let blobs = FsBlobs::open(&directory, BlobLimits::default()).map_err(failed)?;
        Ok(OpenedBlobs::Directory(blobs))
    }

    #[cfg(feature = "s3")]
    async fn open_s3(&self, address: &str) -> Result<OpenedBlobs, Failure> {
        let mut options = S3Options::default();
        if let Some(endpoint) = &self.s3_endpoint {
            options = options.endpoint(endpoint);
        }
        if let Some(region) = &self.s3_region {
            options = options.region(region);
        }
        let blobs = S3Blobs::open(address.parse()?, &options, BlobLimits::default()).await?;
        tracing::info!(blobs = %blobs.address(), "opened");
        Ok(OpenedBlobs::S3(blobs))
    }

    #[cfg(not(feature = "s3"))]
    #[expect(clippy::unused_async, reason = "the same signature as with S3")]
    async fn open_s3(&self, _: &str) -> Result<OpenedBlobs, Failure> {
        Err(Failure::new("this binary was built without S3; accepted: a directory as `--blobs`"))
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
    let mark = (tenant, agreed.parse()?);
    if !is_there(blobs, &mark).await? {
        return Err(Failure::new(NOT_THE_SAME));
    }
    Ok(Some(mark))
}

/// As [`shared`], for a database that is only looked at: what is wrong with the blobs, if anything.
pub(crate) async fn examined(opened: &Opened, blobs: &dyn Blobs) -> Result<Option<&'static str>, Failure> {
    let agreed = if opened.is_shared() { opened.agreed(MARK).await? } else { None };
    let Some(agreed) = agreed else { return Ok(None) };
    let mark = (HOSTS.parse()?, agreed.parse()?);
    Ok((!is_there(blobs, &mark).await?).then_some(NOT_THE_SAME))
}

async fn is_there(blobs: &dyn Blobs, (tenant, digest): &Mark) -> Result<bool, Failure> {
    let Some(content) = blobs.artifact(tenant, *digest).await? else { return Ok(false) };
    content.try_collect::<Vec<_>>().await?;
    Ok(true)
}
