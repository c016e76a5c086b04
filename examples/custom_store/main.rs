//! A store of one's own: it implements `Store`, and the suite that our stores pass says whether it holds the contract.
//!
//! The store is in `mirrored.rs`. Its certificate is one line, `store_conformance!`, in the tests below; `main` shows what
//! it is good for.

mod mirrored;

use std::path::Path;

use cicd_core::memory::{MemoryStore, SteppedClock};
use cicd_core::port::Store as _;
use cicd_core::testing::builders::{put, service, tenant};
use mirrored::{Line, MirroredStore};

type Error = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("mirror.jsonl");
    let (acme, inner) = (tenant("acme"), MemoryStore::new(SteppedClock::default()));

    let store = MirroredStore::open(inner, &path).await?;
    store.commit(put(&acme, service("shop"))).await?;
    store.commit(put(&acme, service("blog"))).await?;
    for Line { tenant, event } in lines(&path)? {
        println!("{tenant} {} {} {}", event.seq, event.event()?.kind, event.hash);
    }
    drop(store);

    let rewritten = MemoryStore::new(SteppedClock::default());
    rewritten.commit(put(&acme, service("shop"))).await?;
    match MirroredStore::open(rewritten, &path).await {
        Ok(_) => Err("a rewritten store was opened".into()),
        Err(error) => {
            println!("refused: {error}");
            Ok(())
        }
    }
}

fn lines(path: &Path) -> Result<Vec<Line>, Error> {
    let text = std::fs::read_to_string(path)?;
    Ok(text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use cicd_core::audit::{Chain, ChainHead, verify};
    use cicd_core::port::Store;
    use cicd_core::testing::store::Fixture;
    use cicd_core::testing::trace;

    use super::*;

    /// The store over rows that stay where they are, with its mirror in a directory that goes with the last store.
    async fn fixture() -> Fixture {
        let clock = SteppedClock::default();
        let rows = MemoryStore::new(clock.clone());
        let directory = Arc::new(tempfile::tempdir().unwrap());
        let open = move || {
            let (rows, directory) = (rows.clone(), Arc::clone(&directory));
            async move {
                let store = MirroredStore::open(rows, &directory.path().join("mirror.jsonl")).await.unwrap();
                Arc::new(store) as Arc<dyn Store>
            }
        };
        Fixture::open(clock, open).await
    }

    cicd_core::store_conformance!(fixture);

    #[tokio::test]
    async fn it_answers_as_the_store_in_memory_does() {
        let answers = trace::agree(&Fixture::of_memory().await, &fixture().await, 0..10, 40).await;
        assert!(answers.0.contains_key("committed"), "{answers}");
    }

    #[tokio::test]
    async fn the_mirror_holds_every_event_and_mends_a_torn_line() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("mirror.jsonl");
        let (acme, rows) = (tenant("acme"), MemoryStore::new(SteppedClock::default()));
        let store = MirroredStore::open(rows.clone(), &path).await.unwrap();
        store.commit(put(&acme, service("shop"))).await.unwrap();
        drop(store);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, &text[..text.len() - 5]).unwrap();
        rows.commit(put(&acme, service("blog"))).await.unwrap();
        MirroredStore::open(rows.clone(), &path).await.unwrap();
        let events: Vec<_> = lines(&path).unwrap().into_iter().map(|line| line.event).collect();
        let head = verify(&acme, Chain::Ledger, ChainHead::EMPTY, &events).unwrap();
        assert_eq!(head, rows.head(&acme, Chain::Ledger).await.unwrap());
        assert_eq!(head.seq, 2);
    }
}
