//! A database that was lived in, at four ages.

use std::path::PathBuf;

use cicd_core::audit::{Chain, StoredEvent, Subject, SubjectKind};
use cicd_core::id::{AttemptId, TenantId};
use cicd_core::port::{ChangeSet, Load, Store as _};
use cicd_core::release::event::ReleaseEvent;
use cicd_core::testing::builders::{Site, event, put, release_change, release_id, tenant};
use cicd_store_sqlite::SqliteStore;

use super::copy::Copy;
use super::dice::Dice;
use crate::database::Database;

const AGES: usize = 4;

pub(super) struct Base {
    database: Database,
    /// The oldest first; nothing of them refuses a change any more.
    ages: Vec<Age>,
}

pub(super) struct Age {
    path: PathBuf,
    /// The events of each of [`chains`].
    events: [Vec<StoredEvent>; 3],
}

/// The chains that are tampered with.
pub(super) fn chains() -> [(TenantId, Chain); 3] {
    let (acme, globex) = (tenant("acme"), tenant("globex"));
    [(acme.clone(), Chain::Ledger), (acme, Chain::Security), (globex, Chain::Ledger)]
}

impl Base {
    pub(super) async fn lived_in() -> Self {
        let database = Database::migrated().await;
        let mut ages = Vec::new();
        for age in 0..AGES {
            let store = database.open().await;
            for name in ["acme", "globex"] {
                live(&store, &tenant(name), age as u64).await;
            }
            store.close().await;
            let path = database.directory().join(format!("age-{age}.db"));
            std::fs::copy(database.path(), &path).unwrap();
            let copy = Copy::at(path.clone());
            copy.unlock().await;
            let mut events = [const { Vec::new() }; 3];
            for (events, (tenant, chain)) in events.iter_mut().zip(chains()) {
                *events = copy.events(&tenant, chain).await;
            }
            ages.push(Age { path, events });
        }
        Self { database, ages }
    }

    /// A copy as it is now.
    pub(super) fn copy(&self) -> Copy {
        let copy = Copy::at(self.database.directory().join("copy.db"));
        copy.become_like(&self.ages[AGES - 1].path);
        copy
    }

    /// The events of one of [`chains`] as they are now.
    pub(super) fn events(&self, chain: usize) -> &[StoredEvent] {
        &self.ages[AGES - 1].events[chain]
    }

    /// Makes `copy` what the database was at an earlier age; gives how many events one of [`chains`] had then.
    pub(super) fn restore(&self, copy: &Copy, dice: &mut Dice, chain: usize) -> usize {
        let age = &self.ages[dice.below(AGES - 1)];
        copy.become_like(&age.path);
        age.events[chain].len()
    }
}

/// Two releases, and three denials.
async fn live(store: &SqliteStore, tenant: &TenantId, age: u64) {
    for number in [2 * age, 2 * age + 1] {
        let site = Site::new(&format!("shop-{number}"), 0);
        store.commit(put(tenant, site.service.clone())).await.unwrap();
        store.commit(put(tenant, site.deployment.clone())).await.unwrap();
        store.commit(put(tenant, site.config.clone())).await.unwrap();
        let id = release_id(number);
        store.commit(release_change(tenant, None, vec![site.created(id)])).await.unwrap();
        let release = store.load(tenant, &Load::release(id)).await.unwrap().release.unwrap();
        let started = ReleaseEvent::Started {
            content_digest: release.content_digest,
            attempt: AttemptId::from_uuid(id.as_uuid()),
            epoch: 1,
            report_token: release.content_digest,
        };
        store.commit(release_change(tenant, Some(&release), vec![started])).await.unwrap();
    }
    for number in 0..3 {
        let subject = Subject::new(SubjectKind::Service, format!("secret-{age}-{number}"));
        store.commit(ChangeSet::denial(tenant.clone(), event("access.denied", subject))).await.unwrap();
    }
}
