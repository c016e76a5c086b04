//! The deployments that a list is narrowed by.

use std::collections::{BTreeMap, BTreeSet};

use super::{Engine, EngineError};
use crate::gate::FreezeScope;
use crate::id::{DeploymentId, ServiceId, TenantId};
use crate::page::Limit;
use crate::port::{ListQuery, Load, Record};
use crate::service::Deployment;

/// The most deployments that are read beforehand; more are looked up as the rows name them.
const MOST_BEFOREHAND: usize = 5_000;

/// Deployments, by their ids.
#[derive(Default)]
pub(in super::super) struct KnownDeployments {
    rows: BTreeMap<DeploymentId, Deployment>,
    has_more: bool,
}

impl KnownDeployments {
    pub(super) fn get(&self, id: &DeploymentId) -> Option<&Deployment> {
        self.rows.get(id)
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &Deployment> {
        self.rows.values()
    }

    pub(super) fn into_rows(self) -> Vec<Deployment> {
        self.rows.into_values().collect()
    }

    fn is_unknown(&self, id: &DeploymentId) -> bool {
        self.has_more && !self.rows.contains_key(id)
    }

    fn extend(&mut self, rows: impl IntoIterator<Item = Deployment>) {
        self.rows.extend(rows.into_iter().map(|row| (row.id.clone(), row)));
    }
}

impl Engine {
    /// The deployments of a service, or of the tenant.
    pub(super) async fn deployments_of(
        &self,
        tenant: &TenantId,
        service: Option<&ServiceId>,
    ) -> Result<KnownDeployments, EngineError> {
        let query = ListQuery::Deployments { service: service.cloned() };
        let (mut known, mut after) = (KnownDeployments::default(), None);
        let limit = Limit::new(u64::from(Limit::MAX)).unwrap_or_default();
        loop {
            let page = self.store().list(tenant, &query, after.as_deref(), limit).await?;
            known.extend(page.items.into_iter().filter_map(|record| Deployment::try_from(record).ok()));
            after = page.next;
            known.has_more = after.is_some();
            if !known.has_more || known.rows.len() >= MOST_BEFOREHAND {
                return Ok(known);
            }
        }
    }

    /// The one deployment, where it is there.
    pub(super) async fn only_deployment(
        &self,
        tenant: &TenantId,
        id: &DeploymentId,
    ) -> Result<KnownDeployments, EngineError> {
        let mut known = KnownDeployments::default();
        known.extend(self.store().load(tenant, &Load::deployment(id.clone())).await?.deployment);
        Ok(known)
    }

    /// Looks up the deployments of `rows` that were not read beforehand.
    pub(super) async fn learn(
        &self,
        tenant: &TenantId,
        known: &mut KnownDeployments,
        rows: &[Record],
    ) -> Result<(), EngineError> {
        let named: BTreeSet<_> = rows.iter().filter_map(deployment).collect();
        for id in named {
            if known.is_unknown(id) {
                known.extend(self.store().load(tenant, &Load::deployment(id.clone())).await?.deployment);
            }
        }
        Ok(())
    }
}

/// The deployment that a row is about.
fn deployment(row: &Record) -> Option<&DeploymentId> {
    match row {
        Record::Release(release) => Some(release.deployment()),
        Record::Lock(lock) => Some(&lock.deployment),
        Record::Freeze(freeze) => match &freeze.scope {
            FreezeScope::Deployment { deployment } => Some(deployment),
            FreezeScope::Tenant | FreezeScope::Tier { .. } => None,
        },
        _ => None,
    }
}
