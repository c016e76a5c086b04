//! How many events of a chain in memory one core verifies in a second, beside its goal of 500 000.

#![expect(clippy::disallowed_methods, reason = "a bench measures time")]
#![expect(clippy::print_stdout, reason = "a bench tells what it measured")]
#![expect(clippy::unwrap_used, reason = "a bench that can't build its fixture has nothing to measure")]

use std::hint::black_box;
use std::time::Instant;

use cicd_core::audit::{AuditEvent, Chain, ChainHead, StoredEvent, Subject, SubjectKind, verify};
use cicd_core::authz::Actor;
use cicd_core::id::TenantId;
use cicd_core::json::is_canonical;
use cicd_core::time::Timestamp;
use serde_json::json;

const GOAL: f64 = 500_000.0;
const EVENTS: u32 = 100_000;
const ROUNDS: usize = 9;

fn main() {
    // `cargo test --benches` only asks whether it still runs.
    let quick = !std::env::args().any(|argument| argument == "--bench");
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    if wanted.is_some_and(|filter| !"audit/memory".contains(&filter)) {
        return;
    }
    let (count, rounds) = if quick { (100, 1) } else { (EVENTS, ROUNDS) };
    let tenant: TenantId = "acme".parse().unwrap();
    let events = chain(&tenant, count);
    let bytes = events.iter().map(|event| event.bytes.len()).sum::<usize>() / events.len();
    let rate = |work: &dyn Fn()| {
        let mut rates: Vec<f64> = (0..rounds)
            .map(|_| {
                let began = Instant::now();
                work();
                f64::from(count) / began.elapsed().as_secs_f64()
            })
            .collect();
        rates.sort_unstable_by(f64::total_cmp);
        rates.get(rounds / 2).copied().unwrap()
    };
    let whole = rate(&|| {
        let head = verify(&tenant, Chain::Ledger, ChainHead::EMPTY, &events).unwrap();
        assert_eq!(black_box(head).seq, u64::from(count));
    });
    let scanned = rate(&|| assert!(events.iter().all(|event| is_canonical(black_box(&event.bytes)))));
    println!("audit/memory      events of {bytes} bytes");
    println!("audit/memory      canonical form alone {scanned:>10.0}/s");
    println!("audit/memory      verified, one core   {whole:>10.0}/s (goal >= {GOAL:.0})");
}

/// Votes, of the length that they have.
fn chain(tenant: &TenantId, count: u32) -> Vec<StoredEvent> {
    let (mut head, mut events) = (ChainHead::EMPTY, Vec::new());
    for number in 0..count {
        let subject = Subject::new(SubjectKind::Release, "0192f0c1-7a3b-7cc2-9a51-0b6a6f1f2d3e");
        let event = AuditEvent {
            kind: "release.vote_cast".to_owned(),
            actor: Actor::Person { id: "kim".parse().unwrap(), token: None },
            subject: subject
                .of_service("shop".parse().unwrap())
                .of_deployment("shop-production".parse().unwrap()),
            request_id: Some(format!("0192f0c1-7a3b-7cc2-9a51-{number:012x}")),
            data: json!({"kind": "release.vote_cast", "vote": {
                "by": "kim", "role": "approver", "decision": "approve", "comment": "read it, looks good",
                "content": "sha256:20853408ebf8aa7a7bd6599b21f5778a2056ee76a85a2144778ff69604cdd41a",
            }}),
        };
        let at = Timestamp::from_micros(1_700_000_000_000_000 + i64::from(number));
        let (stored, next) = head.append(tenant, Chain::Ledger, at, event.bytes().unwrap());
        events.push(stored);
        head = next;
    }
    events
}
