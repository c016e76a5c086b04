//! Retention: removes what is old.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use cicd_core::digest::Digest;
use cicd_core::id::TenantId;
use cicd_core::port::BlobError;
use futures_util::TryStreamExt as _;
use object_store::path::Path;
use object_store::{Error, ObjectMeta, ObjectStoreExt as _};

use super::super::sweep::{ABANDONED, Swept, digest};
use super::failure::unavailable;
use super::{Inner, S3Blobs};

impl S3Blobs {
    /// Removes the logs and artifacts that were last written more than `age` ago, except the artifacts that `is_needed`: what the
    /// stable ledger, a release or a run that is not over still names.
    ///
    /// # Errors
    /// When the server fails.
    pub async fn sweep(
        &self,
        age: Duration,
        is_needed: impl Fn(&TenantId, Digest) -> bool + Send + Sync,
    ) -> Result<Swept, BlobError> {
        sweep(&self.0, age, &is_needed).await.map_err(|error| unavailable(&error))
    }
}

type IsNeeded<'a> = &'a (dyn Fn(&TenantId, Digest) -> bool + Send + Sync);

async fn sweep(blobs: &Inner, age: Duration, is_needed: IsNeeded<'_>) -> Result<Swept, Error> {
    let mut unfinished = blobs.store.list(Some(&blobs.unfinished()));
    while let Some(object) = unfinished.try_next().await? {
        if is_old(&object, ABANDONED) {
            remove(blobs, &object.location).await?;
        }
    }
    let mut swept = Swept::default();
    for directory in blobs.store.list_with_delimiter(Some(&blobs.tenants())).await?.common_prefixes {
        if let Some(tenant) = directory.filename().and_then(|name| name.parse::<TenantId>().ok()) {
            swept.artifacts += artifacts(blobs, age, is_needed, &tenant).await?;
            swept.logs += logs(blobs, age, &tenant).await?;
        }
    }
    Ok(swept)
}

async fn artifacts(
    blobs: &Inner,
    age: Duration,
    is_needed: IsNeeded<'_>,
    tenant: &TenantId,
) -> Result<u64, Error> {
    let (mut objects, mut removed) = (blobs.store.list(Some(&blobs.artifacts(tenant))), 0);
    while let Some(object) = objects.try_next().await? {
        let digest = object.location.filename().and_then(digest);
        if is_old(&object, age) && digest.is_some_and(|digest| !is_needed(tenant, digest)) {
            remove(blobs, &object.location).await?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// A log is as old as its youngest piece, and goes as a whole.
async fn logs(blobs: &Inner, age: Duration, tenant: &TenantId) -> Result<u64, Error> {
    let (mut objects, mut logs) = (blobs.store.list(Some(&blobs.logs(tenant))), BTreeMap::new());
    while let Some(object) = objects.try_next().await? {
        let is_old = is_old(&object, age);
        let log = logs.entry(object.location.parent()).or_insert((true, Vec::new()));
        log.0 &= is_old;
        log.1.push(object.location);
    }
    let mut removed = 0;
    for (_, mut pieces) in logs.into_values().filter(|(is_old, _)| *is_old) {
        // What is left of a sweep that broke off still begins at its first byte.
        pieces.sort_unstable_by(|one, other| other.cmp(one));
        for piece in &pieces {
            remove(blobs, piece).await?;
        }
        removed += 1;
    }
    Ok(removed)
}

fn is_old(object: &ObjectMeta, age: Duration) -> bool {
    // What comes from the future is not old.
    let written = SystemTime::from(object.last_modified);
    SystemTime::now().duration_since(written).is_ok_and(|since| since > age)
}

async fn remove(blobs: &Inner, place: &Path) -> Result<(), Error> {
    match blobs.store.delete(place).await {
        // Another host was first.
        Err(Error::NotFound { .. }) => Ok(()),
        removed => removed,
    }
}
