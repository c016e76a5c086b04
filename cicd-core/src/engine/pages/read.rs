//! Answers from the store.

use std::sync::Arc;

use super::{Answer, Engine, EngineError, Pages, Question};
use crate::authz::{Caller, Object};
use crate::id::{ReleaseId, ServiceId, TenantId};
use crate::page::Page;
use crate::port::{CachedPage, HeadOf, ListQuery, PageKey};

impl Engine {
    /// The answer for a caller who may have it, without the cache.
    pub(super) async fn answer(&self, caller: &Caller, question: &Question) -> Result<Answer, EngineError> {
        Ok(match question {
            Question::ServiceTimeline { service, before, limit } => {
                Answer::Timeline(self.service_timeline(caller, service, *before, *limit).await?)
            }
            Question::ReleaseTimeline { release } => {
                let items = self.release_timeline(caller, *release).await?;
                Answer::Timeline(Page { items, next: None })
            }
            Question::List { query, after, limit } => {
                Answer::Rows(self.list(caller, query, after.as_deref(), *limit).await?)
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
            Question::ServiceTimeline { service, before, limit } => {
                let object = self.service_of_timeline(tenant, service).await?;
                let page = self.service_entries(tenant, service, *before, *limit).await?;
                Ok((object, Answer::Timeline(page)))
            }
            Question::ReleaseTimeline { release } => {
                let (object, release) = self.release_of_timeline(tenant, *release).await?;
                let items = self.release_entries(tenant, &release).await?;
                Ok((object, Answer::Timeline(Page { items, next: None })))
            }
            Question::List { query, after, limit } => {
                let page = self.rows(tenant, query, after.as_deref(), *limit).await?;
                Ok((crate::engine::read::listed(query).1, Answer::Rows(page)))
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
            Question::ReleaseTimeline { release } => self.service_of(pages, tenant, *release).await?,
            Question::List { query: ListQuery::Releases { service: Some(service), .. }, .. } => {
                service.clone()
            }
            Question::List { .. } => return Ok(vec![HeadOf::Tenant]),
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
        let (object, release) = self.release_of_timeline(tenant, id).await?;
        let service = release.spec.service;
        let body = service.as_str().as_bytes().into();
        pages.cache.keep(&key, &Arc::new(CachedPage { object, body })).await;
        Ok(service)
    }
}
