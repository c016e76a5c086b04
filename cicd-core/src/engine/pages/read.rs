//! Answers from the store.

use std::sync::Arc;

use super::{Answer, Engine, EngineError, Pages, Question};
use crate::authz::{Caller, Object};
use crate::id::{ReleaseId, ServiceId, TenantId};
use crate::port::{CachedPage, HeadOf, PageKey};

impl Engine {
    /// The answer for a caller who may have it, without the cache.
    pub(super) async fn answer(&self, caller: &Caller, question: &Question) -> Result<Answer, EngineError> {
        Ok(match question {
            Question::ServiceTimeline { service, query } => {
                Answer::Timeline(self.service_timeline(caller, service, query).await?)
            }
            Question::ReleaseTimeline { release, query } => {
                Answer::Timeline(self.release_timeline(caller, *release, query).await?)
            }
            Question::Releases { query, after, limit } => {
                Answer::Releases(self.releases(caller, query, after.as_deref(), *limit).await?)
            }
        })
    }

    /// The answer, and what a reader must be allowed to read. It asks for nobody's right.
    pub(super) async fn read(
        &self,
        tenant: &TenantId,
        question: &Question,
    ) -> Result<(Object, Answer), EngineError> {
        match question {
            Question::ServiceTimeline { service, query } => {
                let object = self.service_of_timeline(tenant, service).await?;
                let page = self.service_entries(tenant, service, query).await?;
                Ok((object, Answer::Timeline(page)))
            }
            Question::ReleaseTimeline { release, query } => {
                let (object, release, deployment) = self.release_of_timeline(tenant, *release).await?;
                let page = self.release_entries(tenant, &release, &deployment, query).await?;
                Ok((object, Answer::Timeline(page)))
            }
            Question::Releases { query, after, limit } => {
                let page = self.releases_found(tenant, query, after.as_deref(), *limit).await?;
                Ok((query.object(), Answer::Releases(page)))
            }
        }
    }

    /// The heads that an answer depends on.
    pub(super) async fn heads_of(
        &self,
        pages: &Pages,
        tenant: &TenantId,
        question: &Question,
    ) -> Result<Vec<HeadOf>, EngineError> {
        let service = match question {
            Question::ServiceTimeline { service, .. } => service.clone(),
            Question::ReleaseTimeline { release, .. } => self.service_of(pages, tenant, *release).await?,
            Question::Releases { query, .. } => match &query.filter.service {
                Some(service) => service.clone(),
                None => return Ok(vec![HeadOf::Tenant]),
            },
        };
        Ok(vec![HeadOf::Shared, HeadOf::Service(service)])
    }

    /// The service of a release, which never changes, so that it is kept under no head.
    async fn service_of(
        &self,
        pages: &Pages,
        tenant: &TenantId,
        id: ReleaseId,
    ) -> Result<ServiceId, EngineError> {
        let question = format!("service of release {id}");
        let key = PageKey { tenant: tenant.clone(), question, heads: Vec::new() };
        let kept = pages.cache.page(&key).await;
        if let Some(service) = kept.and_then(|page| std::str::from_utf8(&page.body).ok()?.parse().ok()) {
            return Ok(service);
        }
        let (object, release, _) = self.release_of_timeline(tenant, id).await?;
        let service = release.spec.service;
        let body = service.as_str().as_bytes().into();
        pages.cache.keep(&key, &Arc::new(CachedPage { object, body })).await;
        Ok(service)
    }
}
