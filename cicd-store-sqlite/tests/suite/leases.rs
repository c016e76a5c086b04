//! Whoever held a lease died with the process that held the file.

use cicd_core::id::RowVersion;
use cicd_core::port::{ClaimRequest, Store as _, StoreError, WorkKey, WorkerId};
use cicd_core::testing::builders::uuid;

use crate::database::{Database, create, register};

fn request(worker: u64) -> ClaimRequest {
    ClaimRequest { worker: WorkerId(uuid(worker)), limit: 10, lease_micros: 3_600_000_000 }
}

#[tokio::test]
async fn leases_are_void_after_a_restart() {
    let database = Database::migrated().await;
    let store = database.open().await;
    let site = register(&store, "shop").await;
    let release = create(&store, &site, 1).await;
    assert_eq!(release.row_version, RowVersion(1));
    let held = store.claim(request(1)).await.unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(store.claim(request(2)).await.unwrap(), []);
    store.close().await;
    assert!(matches!(store.claim(request(2)).await, Err(StoreError::Unavailable { .. })), "it is closed");

    let store = database.open().await;
    assert_eq!(store.renew(&held[0], 1_000_000).await, Err(StoreError::LeaseLost));
    let again = store.claim(request(2)).await.unwrap();
    assert_eq!((again[0].work, again[0].epoch), (WorkKey::Release(release.id()), held[0].epoch + 1));
    store.close().await;
}
