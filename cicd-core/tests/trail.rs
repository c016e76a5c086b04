//! Verification of a trail, page by page: what it finds, where it says that it is, and where it begins.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Mutex;

use async_trait::async_trait;
use cicd_core::audit::{Chain, ChainError, ChainHead, StoredEvent};
use cicd_core::digest::Digest;
use cicd_core::id::TenantId;
use cicd_core::port::{EventQuery, Order, StoreError};
use cicd_core::time::Timestamp;
use cicd_core::trail::{ChainReport, Known, Trail, verify};

/// More than two pages.
const EVENTS: u64 = 2_500;

/// One chain as somebody left it.
struct Rows {
    events: Vec<StoredEvent>,
    head: ChainHead,
    /// The event that can't be read.
    unreadable: Option<u64>,
    /// What is committed when the head is read for the first time.
    meanwhile: Mutex<Vec<StoredEvent>>,
}

fn acme() -> TenantId {
    "acme".parse().unwrap()
}

impl Rows {
    fn sound() -> Self {
        let (mut head, mut events) = (ChainHead::EMPTY, Vec::new());
        for number in 0..EVENTS {
            let at = Timestamp::from_micros(1_000).plus_micros(number);
            let (event, next) = head.append(&acme(), Chain::Ledger, at, format!("{{\"n\":{number}}}"));
            events.push(event);
            head = next;
        }
        Self { events, head, unreadable: None, meanwhile: Mutex::default() }
    }

    /// The same after `tamper`.
    fn after(tamper: impl FnOnce(&mut Self)) -> Self {
        let mut rows = Self::sound();
        tamper(&mut rows);
        rows
    }

    /// Computes every hash from event `from` on anew, and the head.
    fn recompute(&mut self, from: usize) {
        let mut head = ChainHead::EMPTY;
        for (index, event) in self.events.iter_mut().enumerate() {
            if index >= from {
                *event = head.append(&acme(), Chain::Ledger, event.at, event.bytes.clone()).0;
            }
            head = ChainHead { seq: event.seq, hash: event.hash, at: event.at };
        }
        self.head = head;
    }

    async fn verify(&self, known: &Known) -> ChainReport {
        verify(self, &acme(), Chain::Ledger, known, &mut |_| {}).await.unwrap()
    }

    async fn found(&self) -> Option<ChainError> {
        self.verify(&Known::default()).await.error
    }
}

#[async_trait]
impl Trail for Rows {
    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        Ok(vec![acme()])
    }

    async fn head(&self, _: &TenantId, _: Chain) -> Result<ChainHead, StoreError> {
        let last = self.meanwhile.lock().unwrap().last().cloned();
        Ok(last.map_or(self.head, |last| ChainHead { seq: last.seq, hash: last.hash, at: last.at }))
    }

    async fn events(&self, _: &TenantId, query: &EventQuery) -> Result<Vec<StoredEvent>, StoreError> {
        let meanwhile = self.meanwhile.lock().unwrap().clone();
        let late = if query.after >= Some(EVENTS) { meanwhile } else { Vec::new() };
        let all =
            self.events.iter().chain(&late).filter(|event| query.after.is_none_or(|after| event.seq > after));
        let mut page: Vec<StoredEvent> = all.cloned().collect();
        if query.order == Order::NewestFirst {
            page.reverse();
        }
        page.truncate(query.limit.into());
        match self.unreadable {
            Some(seq) if page.iter().any(|event| event.seq == seq) => {
                Err(StoreError::Corrupt { message: "a digest: 31 bytes".to_owned() })
            }
            _ => Ok(page),
        }
    }
}

fn known(after: u64, kept: &[(u64, Digest)]) -> Known {
    Known { after, kept: kept.iter().copied().collect() }
}

#[tokio::test]
async fn a_sound_chain_verifies_whole_and_in_part() {
    let rows = Rows::sound();
    let mut heard = Vec::new();
    let whole = verify(&rows, &acme(), Chain::Ledger, &Known::default(), &mut |head| heard.push(head.seq))
        .await
        .unwrap();
    assert_eq!((whole.verified(), whole.head, whole.error), (EVENTS, rows.head, None));
    assert_eq!(heard, [1_000, 2_000, EVENTS]);
    let hash = |seq: usize| rows.events[seq - 1].hash;
    for after in [1, 999, 1_000, 1_001, EVENTS] {
        let kept = [(after, hash(usize::try_from(after).unwrap())), (1, hash(1)), (EVENTS, rows.head.hash)];
        let part = rows.verify(&known(after, &kept)).await;
        assert_eq!((part.verified(), part.error), (EVENTS - after, None), "after {after}");
    }
}

#[tokio::test]
async fn the_first_bad_event_is_named() {
    type Tamper = fn(&mut Rows);
    let cases: [(Tamper, ChainError); 11] = [
        (|rows| rows.events[1_400].bytes = "{}".into(), ChainError::Hash { seq: 1_401 }),
        (|rows| rows.events[1_000].previous = Digest::ZERO, ChainError::Previous { seq: 1_001 }),
        (|rows| rows.events[2_000].at = Timestamp::EPOCH, ChainError::Time { seq: 2_001 }),
        (|rows| drop(rows.events.remove(999)), ChainError::Sequence { expected: 1_000, found: 1_001 }),
        (|rows| rows.events.swap(4, 5), ChainError::Sequence { expected: 5, found: 6 }),
        (|rows| rows.events[0].seq = 0, ChainError::Sequence { expected: 1, found: 0 }),
        (|rows| rows.unreadable = Some(1_700), ChainError::Unreadable { seq: 1_700, message: String::new() }),
        (|rows| rows.events.truncate(2_400), ChainError::Head { expected: EVENTS, found: 2_400 }),
        (|rows| rows.head = ChainHead::EMPTY, ChainError::Head { expected: 0, found: EVENTS }),
        (|rows| rows.head.hash = Digest::ZERO, ChainError::HeadDiffers { seq: EVENTS }),
        (
            |rows| {
                rows.events[70].bytes = r#"{ "n":70}"#.into();
                rows.recompute(70);
            },
            ChainError::Canonical { seq: 71 },
        ),
    ];
    for (tamper, expected) in cases {
        let report = Rows::after(tamper).verify(&Known::default()).await;
        let found = report.error.unwrap();
        assert_eq!((found.kind(), found.seq()), (expected.kind(), expected.seq()), "{found}");
        let before =
            if matches!(expected, ChainError::HeadDiffers { .. }) { EVENTS } else { expected.seq() - 1 };
        let before = if report.head.seq == EVENTS { EVENTS } else { before };
        assert_eq!(report.head.seq, before, "everything before it verified: {found}");
    }
}

#[tokio::test]
async fn what_was_written_anew_shows_only_beside_a_kept_hash() {
    let sound = Rows::sound();
    let kept = |seq: u64| (seq, sound.events[usize::try_from(seq).unwrap() - 1].hash);
    let rewritten = Rows::after(|rows| {
        rows.events[1_200].bytes = r#"{"n":0}"#.into();
        rows.recompute(1_200);
    });
    assert_eq!(rewritten.found().await, None, "no chain can show this by itself");
    let found = async |rows: &Rows, after, seq| rows.verify(&known(after, &[kept(seq)])).await.error;
    assert_eq!(found(&rewritten, 0, 1_200).await, None, "it was kept before what was altered");
    assert_eq!(found(&rewritten, 0, 2_000).await, Some(ChainError::Kept { seq: 2_000 }));
    assert_eq!(found(&rewritten, 2_000, 2_000).await, Some(ChainError::Kept { seq: 2_000 }));
    assert_eq!(found(&rewritten, 2_200, 2_000).await, Some(ChainError::Kept { seq: 2_000 }));

    let cut = Rows::after(|rows| {
        rows.events.truncate(2_000);
        rows.recompute(2_000);
    });
    assert_eq!(cut.found().await, None, "nor this");
    assert_eq!(found(&cut, 0, 1_999).await, None);
    let missing = Some(ChainError::Cut { expected: 2_400, found: 2_000 });
    assert_eq!(found(&cut, 0, 2_400).await, missing);
    assert_eq!(found(&cut, 2_400, 2_400).await, missing);
}

#[tokio::test]
async fn a_part_begins_with_an_event_that_verifies() {
    let altered = Rows::after(|rows| rows.events[500].bytes = "{}".into());
    assert_eq!(altered.verify(&known(501, &[])).await.error, Some(ChainError::Hash { seq: 501 }));
    let report = altered.verify(&known(502, &[])).await;
    assert_eq!((report.verified(), report.error), (EVENTS - 502, None), "what is before is taken for sound");
    let deleted = Rows::after(|rows| drop(rows.events.remove(500)));
    let missing = ChainError::Sequence { expected: 501, found: 502 };
    assert_eq!(deleted.verify(&known(501, &[])).await.error, Some(missing));
}

#[tokio::test]
async fn a_store_may_commit_meanwhile() {
    let mut rows = Rows::sound();
    let (late, head) = rows.head.append(&acme(), Chain::Ledger, rows.head.at, "{}".into());
    rows.meanwhile = Mutex::new(vec![late]);
    let report = rows.verify(&Known::default()).await;
    assert_eq!((report.head, report.error), (head, None));
}
