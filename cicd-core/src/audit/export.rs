//! An event as a line of an export: JSON Lines to verify, CSV to look at.

use serde::Serialize;
use serde_json::Value;

use super::{Chain, StoredEvent};
use crate::digest::Digest;
use crate::id::TenantId;

/// The names of the columns of [`csv_line`], as the first line of a file.
pub const CSV_HEADER: &str = "tenant,chain,seq,at,kind,actor_kind,actor,subject_kind,subject,service,deployment,release,run,\
request_id,data,previous,hash\r\n";

/// The columns that come out of an event's bytes.
const MEMBERS: [&str; 10] = [
    "/kind",
    "/actor/kind",
    "/actor",
    "/subject/kind",
    "/subject/id",
    "/subject/service",
    "/subject/deployment",
    "/subject/release",
    "/subject/run",
    "/request_id",
];

/// Appends the event to `out` as one line of JSON: all that its hash is made of, the bytes as they are stored.
///
/// # Errors
/// None that a vector gives; the serialiser's type has some.
pub fn json_line(tenant: &TenantId, event: &StoredEvent, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    #[derive(Serialize)]
    struct Line<'a> {
        tenant: &'a TenantId,
        chain: Chain,
        seq: u64,
        at_micros: i64,
        bytes: &'a str,
        previous: Digest,
        hash: Digest,
    }
    let StoredEvent { chain, seq, at, bytes, previous, hash } = event;
    let (chain, seq, at_micros, previous, hash) = (*chain, *seq, at.as_micros(), *previous, *hash);
    serde_json::to_writer(&mut *out, &Line { tenant, chain, seq, at_micros, bytes, previous, hash })?;
    out.push(b'\n');
    Ok(())
}

/// Appends the event to `out` as one line of CSV (RFC 4180). Every text is quoted, and one that a spreadsheet might take for
/// a formula has an apostrophe before it. What the bytes don't say, because they were altered, is left empty.
pub fn csv_line(tenant: &TenantId, event: &StoredEvent, out: &mut Vec<u8>) {
    let said: Value = serde_json::from_str(&event.bytes).unwrap_or_default();
    quoted(tenant.as_str(), out);
    quoted(event.chain.as_str(), out);
    out.extend_from_slice(format!("{},", event.seq).as_bytes());
    quoted(&event.at.to_string(), out);
    for member in MEMBERS {
        match member {
            "/actor" => quoted(actor(&said).unwrap_or_default(), out),
            _ => quoted(said.pointer(member).and_then(Value::as_str).unwrap_or_default(), out),
        }
    }
    quoted(&said.get("data").map(Value::to_string).unwrap_or_default(), out);
    quoted(&event.previous.to_string(), out);
    quoted(&event.hash.to_string(), out);
    // The last comma ends the line.
    out.pop();
    out.extend_from_slice(b"\r\n");
}

/// Who did it, of an event's bytes: a principal, an attempt, or a part of the system.
#[must_use]
pub fn actor(said: &Value) -> Option<&str> {
    let actor = said.get("actor")?;
    actor.get("id").or_else(|| actor.get("part"))?.as_str()
}

fn quoted(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    // What begins with an apostrophe gets one too, so that taking one away always gives the text.
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\'', '＝', '＋', '－', '＠']) {
        out.push(b'\'');
    }
    out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    out.extend_from_slice(b"\",");
}

#[cfg(test)]
mod tests {
    use super::super::ChainHead;
    use super::*;
    use crate::time::Timestamp;

    fn event(bytes: &str) -> (TenantId, StoredEvent) {
        let tenant = "acme".parse().unwrap();
        let at = Timestamp::from_micros(1_000);
        let (event, _) = ChainHead::EMPTY.append(&tenant, Chain::Ledger, at, bytes.to_owned());
        (tenant, event)
    }

    #[test]
    fn a_line_of_json_holds_the_bytes_as_they_are() {
        let bytes = r#"{"data":"\n\"é\\","kind":"x"}"#;
        let (tenant, event) = event(bytes);
        let mut out = Vec::new();
        json_line(&tenant, &event, &mut out).unwrap();
        assert_eq!(out.iter().filter(|byte| **byte == b'\n').count(), 1);
        let line: Value = serde_json::from_slice(&out).unwrap();
        let zero = format!("sha256:{}", "0".repeat(64));
        assert_eq!(
            line,
            serde_json::json!({
                "tenant": "acme", "chain": "ledger", "seq": 1, "at_micros": 1_000, "bytes": bytes,
                "previous": zero, "hash": event.hash.to_string(),
            })
        );
    }

    #[test]
    fn a_line_of_csv_is_text_whatever_it_says() {
        let line = |bytes: &str| {
            let (tenant, event) = event(bytes);
            let mut out = Vec::new();
            csv_line(&tenant, &event, &mut out);
            let text = String::from_utf8(out).unwrap();
            let text = text.strip_suffix("\r\n").unwrap().to_owned();
            text.split_once(",\"sha256:").unwrap().0.to_owned()
        };
        let start = r#""acme","ledger",1,"1970-01-01T00:00:00.001000Z""#;
        let bytes = r#"{"actor":{"id":"@SUM(A1)","kind":"person"},"data":{"a":"b\"c"},"kind":"=1+1","request_id":"'x",
            "subject":{"id":"-2","kind":"service","service":"a,b"}}"#;
        let rest = r#""'=1+1","person","'@SUM(A1)","service","'-2","a,b","","","","''x","{""a"":""b\""c""}""#;
        assert_eq!(line(bytes), format!("{start},{rest}"));
        let worker = r#"{"actor":{"kind":"system","part":"worker"}}"#;
        assert_eq!(line(worker), format!(r#"{start},"","system","worker"{}"#, r#","""#.repeat(8)));
        assert_eq!(line("altered"), format!("{start}{}", r#","""#.repeat(11)), "left empty");
        for sign in ["=", "+", "-", "@", "\\t", "\\r", "\\n", "＝", "＋", "－", "＠"] {
            let kind: String = serde_json::from_str(&format!("\"{sign}\"")).unwrap();
            assert!(line(&format!(r#"{{"kind":"{sign}x"}}"#)).contains(&format!("\"'{kind}x\"")), "{sign}");
        }
        assert_eq!(CSV_HEADER.split(',').count(), 4 + MEMBERS.len() + 3);
    }
}
