//! Lists in pages. A page begins after the key that the last one ended with, so rows that come or go between two pages
//! move no other row.

use super::tenant::{Row, Tenant};
use crate::id::{DeploymentId, ServiceId};
use crate::page::{Limit, Page};
use crate::port::{ListOrder, ListQuery, Place, Record, RecordKey, StoreError};
use crate::release::Release;

impl Tenant {
    pub(super) fn list(
        &self,
        query: &ListQuery,
        after: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Record>, StoreError> {
        let mut places = self.places(query);
        let newest_first = query.order() != ListOrder::Key;
        places.sort_by(|(a, _), (b, _)| if newest_first { b.cmp(a) } else { a.cmp(b) });
        let after = after.map(str::parse::<Place>).transpose()?;
        let beyond = |place: &Place| {
            after.as_ref().is_none_or(|after| if newest_first { place < after } else { place > after })
        };
        let mut rest = places.into_iter().filter(|(place, _)| beyond(place)).peekable();
        let page: Vec<_> = rest.by_ref().take(usize::from(limit.get())).collect();
        let next = rest.peek().and(page.last()).map(|(place, _)| place.to_string());
        Ok(Page { items: page.into_iter().map(|(_, record)| record.clone()).collect(), next })
    }

    fn places(&self, query: &ListQuery) -> Vec<(Place, &Record)> {
        if let ListQuery::Revisions { kind, id } = query {
            let key = RecordKey { kind: *kind, id: id.clone() };
            let of_row = self.revisions.range((key.clone(), 0)..=(key, u32::MAX));
            return of_row
                .map(|((_, revision), row)| (Place { number: u64::from(*revision), id: String::new() }, row))
                .collect();
        }
        let by_commit = query.order() == ListOrder::Birth;
        let place =
            |row: &Row| Place { number: if by_commit { row.born } else { 0 }, id: row.record.key().id };
        let rows = self.of_kind(query.kind()).filter(|row| wanted(query, &row.record));
        rows.map(|row| (place(row), &row.record)).collect()
    }
}

fn wanted(query: &ListQuery, record: &Record) -> bool {
    match (query, record) {
        (ListQuery::Deployments { service }, Record::Deployment(row)) => fits(service, &row.spec.service),
        (ListQuery::CiRuns { service, status }, Record::CiRun(row)) => {
            fits(service, &row.service) && fits_text(status, row.status.name().as_str())
        }
        (ListQuery::Releases { service, deployment, status }, Record::Release(row)) => {
            release_fits(service.as_ref(), deployment.as_ref(), status, row)
        }
        (ListQuery::Ledger { deployment }, Record::LedgerEntry(row)) => row.deployment == *deployment,
        (ListQuery::Deliveries { source }, Record::SourceDelivery(row)) => row.source == *source,
        _ => true,
    }
}

fn release_fits(
    service: Option<&ServiceId>,
    deployment: Option<&DeploymentId>,
    status: &Option<String>,
    release: &Release,
) -> bool {
    service.is_none_or(|asked| *asked == release.spec.service)
        && deployment.is_none_or(|asked| asked == release.deployment())
        && fits_text(status, release.state.name())
}

fn fits<T: PartialEq>(asked: &Option<T>, found: &T) -> bool {
    asked.as_ref().is_none_or(|asked| asked == found)
}

fn fits_text(asked: &Option<String>, found: &str) -> bool {
    asked.as_ref().is_none_or(|asked| asked == found)
}
