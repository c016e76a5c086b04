//! A store that is only read, as its users would.

use crate::page::Limit;
use crate::port::{ListQuery, ReleaseFilter, RunFilter, Store, StoreError};
use crate::trail::verify_tenant;

/// Reads every list of every tenant to its end and verifies both chains. Gives what is wrong, one line each.
///
/// # Errors
/// [`StoreError`] when something can't be read.
pub async fn smoke<S: Store>(store: &S) -> Result<Vec<String>, StoreError> {
    let limit = Limit::new(u64::from(Limit::MAX)).unwrap_or_default();
    let mut wrong = Vec::new();
    for tenant in store.tenants().await? {
        for report in verify_tenant(store, &tenant).await? {
            let broken = report.error.iter();
            wrong.extend(broken.map(|error| format!("chain {tenant}/{}: {error}", report.chain.as_str())));
        }
        for query in lists() {
            let mut after = None;
            loop {
                let page = store.list(&tenant, &query, after.as_deref(), limit).await?;
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
    }
    Ok(wrong)
}

/// Every list that needs no key.
fn lists() -> [ListQuery; 11] {
    [
        ListQuery::Services,
        ListQuery::Deployments { service: None },
        ListQuery::CiRuns(RunFilter::default()),
        ListQuery::Releases(ReleaseFilter::default()),
        ListQuery::Freezes,
        ListQuery::Locks,
        ListQuery::Grants,
        ListQuery::Tokens,
        ListQuery::PolicyFloors,
        ListQuery::Sources,
        ListQuery::OldestDeliveries,
    ]
}
