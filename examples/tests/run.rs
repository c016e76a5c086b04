//! Each example runs, and says what it should.

#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is how they fail")]

mod host;

use std::process::Command;

use host::Host;

/// What a program prints; fails when it does not exit with success.
fn printed(program: &str) -> String {
    let output = Command::new(program).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{program}: {}\n{out}\n{err}", output.status);
    out.into_owned()
}

/// The lines of `text`, in this order, others between them.
#[track_caller]
fn assert_told(text: &str, expected: &[&str]) {
    let mut lines = text.lines();
    for part in expected {
        assert!(
            lines.any(|line| line.contains(part)),
            "`{part}` is missing, or comes too early, in:\n{text}"
        );
    }
}

#[test]
fn embed_memory() {
    assert_told(&printed(env!("CARGO_BIN_EXE_embed_memory")), &["2026-01-01T00:00:00.000000Z"]);
}

#[test]
fn custom_executor() {
    let told = printed(env!("CARGO_BIN_EXE_custom_executor"));
    assert_told(
        &told,
        &[
            "the sign says sha256:",
            "the sign says sha256:",
            "dan asked to release 1.0 to shop-production",
            "kim approved as approver: read it",
            "succeeded",
            "dan asked to release 1.1 to shop-production",
            "rhea asked to roll shop-production back to 1.0",
            "succeeded",
        ],
    );
}

#[test]
fn custom_store() {
    let told = printed(env!("CARGO_BIN_EXE_custom_store"));
    let expected = [
        "acme 1 service.written sha256:",
        "acme 2 service.written sha256:",
        "refused: the store is corrupt: event 2 of `acme` is not the one that was mirrored",
    ];
    assert_told(&told, &expected);
}

#[test]
fn embed_axum() {
    let host = Host::start(env!("CARGO_BIN_EXE_embed_axum"));
    let (ann, ben) = (host.session("ann"), host.session("ben"));
    let service = "/delivery/api/v1/services/shop";

    assert!(host.get("/", None).ends_with("This is the platform of acme.\n"));
    assert_told(&host.get(service, None), &["401 Unauthorized", "application/problem+json"]);
    assert_told(&host.get(service, Some("somebody")), &["401 Unauthorized"]);
    assert_told(&host.get(service, Some(&ann)), &["404 Not Found"]);
    assert_told(&host.create(service, &ben, r#"{"name":"Shop"}"#), &["403 Forbidden", "`service.put`"]);
    assert_told(&host.create(service, &ann, r#"{"name":"Shop"}"#), &["201 Created", "Shop"]);
    assert_told(&host.get(service, Some(&ben)), &["200 OK", "Shop"]);
}

/// The ten lines of the example, as they stand between its marks.
fn ten_lines() -> String {
    let source = include_str!("../embed_memory/main.rs");
    let (_, rest) = source.split_once("    // begin\n").unwrap();
    let (lines, _) = rest.split_once("    // end\n").unwrap();
    lines.lines().map(|line| format!("{}\n", line.strip_prefix("    ").unwrap_or(line))).collect()
}

#[test]
fn the_readme_shows_the_ten_lines() {
    let readme = include_str!("../../README.md");
    assert!(readme.contains(&ten_lines()), "README.md does not show the lines of examples/embed_memory");
}

#[test]
fn the_documentation_of_the_engine_shows_the_ten_lines() {
    let source = include_str!("../../cicd-core/src/engine.rs");
    let shown: String =
        ten_lines().lines().map(|line| format!("{}\n", format!("/// {line}").trim_end())).collect();
    assert!(
        source.contains(&shown),
        "cicd-core/src/engine.rs does not show the lines of examples/embed_memory"
    );
}

/// Whoever implements the hash anew tests it with this page.
#[test]
fn the_page_about_the_audit_has_the_test_vector() {
    use cicd_core::audit::{Chain, ChainHead};
    use cicd_core::time::Timestamp;

    let page = include_str!("../../docs/AUDIT.md");
    let (tenant, mut head) = ("acme".parse().unwrap(), ChainHead::EMPTY);
    for number in 0..2 {
        let (at, bytes) = (1_000 + number, format!("{{\"n\":{number}}}"));
        let (event, next) = head.append(&tenant, Chain::Ledger, Timestamp::from_micros(at), bytes.clone());
        head = next;
        let row = format!("| {} | {at} | `{bytes}` | `{}` |", event.seq, event.hash.hex());
        assert!(page.contains(&row), "docs/AUDIT.md lacks {row}");
    }
}
