//! Retention: what nobody has written to for long, and nothing needs any more, is removed.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use cicd_core::digest::Digest;
use cicd_core::engine::Engine;
use cicd_core::id::TenantId;
use cicd_core::page::Limit;
use cicd_core::port::{ListQuery, Record, ReleaseFilter, Store, StoreError};
use cicd_executor::blobs::Swept;
use clap::Args;

use crate::blobs::{Mark, OpenedBlobs};
use crate::failure::Failure;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The releases whose artifacts are still to be rolled out.
const OPEN: [&str; 3] = ["pending_approval", "approved", "executing"];

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Retention {
    /// For how many days logs and artifacts are kept; 0 keeps them for ever. An artifact that a deployment can go back to, or that an
    /// open release names, is kept however old it is.
    #[arg(long, env = "CICD_KEEP_DAYS", default_value_t = 90, value_name = "DAYS")]
    #[arg(value_parser = clap::value_parser!(u32).range(0..=36_500))]
    keep_days: u32,
    /// For how many days it is kept what sources delivered, and by which ids and bodies a repeat is known.
    #[arg(long, env = "CICD_KEEP_DELIVERIES_DAYS", default_value_t = 90, value_name = "DAYS")]
    #[arg(value_parser = clap::value_parser!(u32).range(30..=36_500))]
    keep_deliveries_days: u32,
}

/// An artifact, and whose it is.
type Needed = BTreeSet<(TenantId, Digest)>;

impl Retention {
    /// Removes what is old now, and once a day from then on; `mark` stays.
    pub(crate) async fn keep(
        self,
        engine: Engine,
        store: Arc<dyn Store>,
        blobs: OpenedBlobs,
        mark: Option<Mark>,
    ) {
        let age = DAY.saturating_mul(self.keep_days);
        loop {
            if !age.is_zero() {
                match sweep(&*store, &blobs, mark.clone(), age).await {
                    Ok(Swept { artifacts, logs }) => tracing::info!(artifacts, logs, "removed what was old"),
                    Err(error) => tracing::warn!(%error, "what is old could not be removed"),
                }
            }
            match self.forget(&engine).await {
                Ok(deliveries) => tracing::info!(deliveries, "forgot what sources delivered long ago"),
                Err(error) => tracing::warn!(%error, "old deliveries could not be forgotten"),
            }
            tokio::time::sleep(DAY).await;
        }
    }

    /// Forgets the old deliveries of every tenant.
    async fn forget(self, engine: &Engine) -> Result<usize, Failure> {
        let seconds = DAY.saturating_mul(self.keep_deliveries_days).as_secs();
        let mut forgotten = 0_usize;
        for tenant in engine.tenants().await? {
            forgotten = forgotten.saturating_add(engine.forget_deliveries(&tenant, seconds).await?);
        }
        Ok(forgotten)
    }
}

async fn sweep(
    store: &dyn Store,
    blobs: &OpenedBlobs,
    mark: Option<Mark>,
    age: Duration,
) -> Result<Swept, Failure> {
    let mut needed = Needed::from_iter(mark);
    for tenant in store.tenants().await? {
        note_needed(store, &tenant, &mut needed).await?;
    }
    Ok(blobs.sweep(age, move |tenant, digest| needed.contains(&(tenant.clone(), digest))).await?)
}

/// What the stable ledgers of `tenant` hold and have not withdrawn, and what its open releases name.
async fn note_needed(store: &dyn Store, tenant: &TenantId, needed: &mut Needed) -> Result<(), StoreError> {
    let mut queries: Vec<_> = OPEN
        .map(|status| {
            ListQuery::Releases(ReleaseFilter { status: Some(status.to_owned()), ..ReleaseFilter::default() })
        })
        .into();
    for record in rows(store, tenant, &ListQuery::Deployments { service: None }).await? {
        if let Record::Deployment(deployment) = record {
            queries.push(ListQuery::Ledger { deployment: deployment.id });
        }
    }
    for query in queries {
        let digests = rows(store, tenant, &query).await?.into_iter().filter_map(|record| match record {
            Record::Release(release) => Some(release.spec.content.artifact.digest),
            Record::LedgerEntry(entry) if entry.withdrawn_by.is_none() => Some(entry.artifact.digest),
            _ => None,
        });
        needed.extend(digests.map(|digest| (tenant.clone(), digest)));
    }
    Ok(())
}

async fn rows(store: &dyn Store, tenant: &TenantId, query: &ListQuery) -> Result<Vec<Record>, StoreError> {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = store.list(tenant, query, after.as_deref(), Limit::default()).await?;
        rows.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(rows),
        }
    }
}
