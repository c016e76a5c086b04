//! Lists in pages. A page begins after the key that the last one ended with, so rows that come or go between two pages
//! move no other row.

use super::tenant::{Row, Tenant};
use crate::ci::run::CiRun;
use crate::page::{Limit, Page};
use crate::port::{ListOrder, ListQuery, Place, Record, RecordKey, ReleaseFilter, RunFilter, StoreError};
use crate::release::Release;

impl Tenant {
    pub(super) fn list(
        &self,
        query: &ListQuery,
        after: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Record>, StoreError> {
        let mut places = self.places(query);
        let newest_first = query.order() != ListOrder::Key && !query.oldest_first();
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
        let rows = self
            .of_kind(query.kind())
            .filter(|row| query.born().covers(row.born) && wanted(query, &row.record));
        rows.map(|row| (place(row), &row.record)).collect()
    }
}

fn wanted(query: &ListQuery, record: &Record) -> bool {
    match (query, record) {
        (ListQuery::Deployments { service }, Record::Deployment(row)) => fits(service, &row.spec.service),
        (ListQuery::CiRuns(filter), Record::CiRun(row)) => run_fits(filter, row),
        (ListQuery::Releases(filter), Record::Release(row)) => release_fits(filter, row),
        (ListQuery::Ledger { deployment }, Record::LedgerEntry(row)) => row.deployment == *deployment,
        (ListQuery::Deliveries { source }, Record::SourceDelivery(row)) => row.source == *source,
        _ => true,
    }
}

fn run_fits(filter: &RunFilter, run: &CiRun) -> bool {
    fits(&filter.service, &run.service)
        && fits_text(&filter.status, run.status.name().as_str())
        && filter.git_ref.as_ref().is_none_or(|asked| run.trigger.git_ref.name() == Some(asked))
        && fits(&filter.commit, &run.trigger.commit)
}

fn release_fits(filter: &ReleaseFilter, release: &Release) -> bool {
    fits(&filter.service, &release.spec.service)
        && fits(&filter.deployment, release.deployment())
        && fits_text(&filter.status, release.state.name())
        && fits(&filter.requester, &release.spec.requester)
        && fits(&filter.artifact, &release.spec.content.artifact.digest)
}

fn fits<T: PartialEq>(asked: &Option<T>, found: &T) -> bool {
    asked.as_ref().is_none_or(|asked| asked == found)
}

fn fits_text(asked: &Option<String>, found: &str) -> bool {
    asked.as_ref().is_none_or(|asked| asked == found)
}
