//! What a stranger can do with an export: a ledger that the engine wrote to SQLite, exported and verified by a program that
//! shares nothing with it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod ledger;
mod stranger;

use cicd_core::audit::Chain;
use cicd_core::trail::{Known, Trail as _, verify};
use cicd_store_sqlite::SqliteTrail;

use ledger::Ledger;
use stranger::{export, judge};

#[tokio::test]
async fn a_stranger_verifies_what_the_engine_wrote() {
    let ledger = Ledger::written_by_the_engine().await;
    let trail = SqliteTrail::open(ledger.path()).await.unwrap();
    let lines = export(&trail).await;
    let (code, told) = judge(&lines, &[]);
    assert_eq!(code, 0, "{told}");
    for tenant in trail.tenants().await.unwrap() {
        for chain in [Chain::Ledger, Chain::Security] {
            let head = trail.head(&tenant, chain).await.unwrap();
            let line = format!("{tenant}/{}/{}:{}", chain.as_str(), head.seq, head.hash);
            assert!(told.lines().any(|told| told == line), "`{line}` is not in {told}");
        }
    }
}

#[tokio::test]
async fn both_verifiers_name_the_same_event() {
    let ledger = Ledger::written_by_the_engine().await;
    let last = ledger.last().await;
    let middle = last / 2;
    for (seq, column, set) in [
        (1, "bytes", "bytes = replace(bytes, '\"actor\"', '\"actos\"')"),
        (middle, "bytes", "bytes = replace(bytes, '\"actor\"', '\"actos\"')"),
        (last, "bytes, in the middle", "bytes = substr(bytes, 1, 40) || 'x' || substr(bytes, 42)"),
        (middle, "hash", "hash = CAST(x'00' || substr(hash, 2) AS BLOB)"),
        (1, "previous", "previous = CAST(x'ff' || substr(previous, 2) AS BLOB)"),
        (middle, "at", "at = (at | 4) - (at & 4)"),
        (2, "seq", "seq = 100000"),
    ] {
        let copy = ledger.copy();
        let event = "WHERE tenant = 'acme' AND chain = 'ledger' AND seq =";
        copy.by_hand(&format!("UPDATE cicd_audit_event SET {set} {event} {seq}")).await;
        let trail = SqliteTrail::open(copy.path()).await.unwrap();
        let tenant = "acme".parse().unwrap();
        let ours = verify(&trail, &tenant, Chain::Ledger, &Known::default(), &mut |_| {}).await.unwrap();
        let (code, theirs) = judge(&export(&trail).await, &[]);
        let Some(ours) = ours.error else { panic!("{column} of event {seq} was flipped unseen") };
        assert_eq!(ours.seq(), seq, "{column}: {ours}");
        assert_eq!((code, theirs.trim()), (1, &*format!("acme/ledger: {ours}")), "{column} of event {seq}");
    }
}

#[tokio::test]
async fn a_stranger_misses_what_was_kept() {
    let ledger = Ledger::written_by_the_engine().await;
    let trail = SqliteTrail::open(ledger.path()).await.unwrap();
    let lines = export(&trail).await;
    let ledger_lines: Vec<&str> =
        lines.lines().filter(|line| line.starts_with(r#"{"tenant":"acme","chain":"ledger""#)).collect();
    let hash = |line: &str| {
        serde_json::from_str::<serde_json::Value>(line).unwrap()["hash"].as_str().unwrap().to_owned()
    };
    let last = ledger_lines.len();
    let head = format!("acme/ledger/{last}:{}", hash(ledger_lines[last - 1]));
    let whole = ledger_lines.join("\n");
    assert_eq!(judge(&whole, &[&head]).0, 0);
    let (code, told) = judge(&ledger_lines[..last - 1].join("\n"), &[&head]);
    assert!(
        code == 1 && told.contains(&format!("ends at event {}, but event {last} was kept", last - 1)),
        "{told}"
    );
    let other = format!("acme/ledger/2:{}", hash(ledger_lines[0]));
    let (code, told) = judge(&whole, &[&other]);
    assert!(code == 1 && told.contains("event 2 does not have the hash that was kept elsewhere"), "{told}");
    let part = ledger_lines[4..].join("\n");
    assert_eq!(judge(&part, &[]).0, 1, "a part alone begins nowhere");
    assert_eq!(judge(&part, &[&format!("acme/ledger/4:{}", hash(ledger_lines[3]))]).0, 0);
    assert_eq!(judge("{}", &[]).0, 1);
}

/// Whoever writes a verifier anew tests it with this page.
#[test]
fn the_page_about_the_audit_is_true() {
    use cicd_core::digest::Digest;
    use cicd_core::json::is_canonical;

    let page = include_str!("../../docs/AUDIT.md");
    let (_, hex) = page.split_once("in hex (81 bytes):\n\n```\n").unwrap();
    let digits: Vec<u8> = hex.split("```").next().unwrap().bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    let bytes: Vec<u8> = digits.chunks(2).map(byte).collect();
    assert!(bytes.len() == 81 && page.contains(&Digest::of(&bytes).hex()), "{}", Digest::of(&bytes));

    let (_, rows) = page.split_once("| canonical | not canonical |\n|---|---|\n").unwrap();
    let rows: Vec<&str> = rows.lines().take_while(|line| line.starts_with('|')).collect();
    assert_eq!(rows.len(), 3);
    for row in rows {
        let (yes, no) = row.trim_matches('|').split_once('|').unwrap();
        let texts = |cell: &'static str| cell.split('`').skip(1).step_by(2);
        assert!(texts(yes).all(is_canonical), "{yes}");
        assert!(texts(no).all(|text| !is_canonical(text)), "{no}");
    }
}
