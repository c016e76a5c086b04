//! Bodies: a draft that the route takes, mostly with something wrong.

use serde_json::{Value, json};

use crate::support::Random;

/// What stands where something else should.
fn odd(random: &mut Random) -> Value {
    let digits = format!("sha256:{}", "a".repeat(64));
    let odd = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!(9_007_199_254_740_993_u64),
        json!(""),
        json!("production"),
        json!("x".repeat(3000)),
        json!("\u{0}\u{202e}ﬀ"),
        json!("'; DROP TABLE cicd_release; --"),
        json!("../../etc/passwd"),
        json!("2026-01-05T00:00:00Z"),
        json!("9999-12-31T23:59:59Z"),
        json!(digits),
        json!([]),
        json!({}),
        json!([null]),
        json!([["x"]]),
        json!({ "": {} }),
        json!({ "a/b~c": 1 }),
    ];
    random.pick(&odd).clone()
}

/// Spoils one place somewhere in `value`.
fn spoil(value: &mut Value, random: &mut Random) {
    match value {
        Value::Object(members) if !members.is_empty() && random.percent(80) => {
            let names: Vec<String> = members.keys().cloned().collect();
            let name = random.pick(&names).clone();
            match random.below(6) {
                0 => drop(members.remove(&name)),
                1 => drop(members.insert("surplus".to_owned(), odd(random))),
                2 => drop(members.insert(name, odd(random))),
                _ => spoil(members.get_mut(&name).unwrap(), random),
            }
        }
        Value::Array(entries) if !entries.is_empty() && random.percent(80) => {
            let at = random.below(entries.len());
            match random.below(4) {
                0 => entries.extend_from_within(..),
                _ => spoil(&mut entries[at], random),
            }
        }
        other => *other = odd(random),
    }
}

/// The bytes of a body that began as `draft`.
pub(super) fn bytes(mut draft: Value, random: &mut Random) -> Vec<u8> {
    match random.below(10) {
        0..=4 => {}
        5..=8 => {
            for _ in 0..=random.below(3) {
                spoil(&mut draft, random);
            }
        }
        _ => return spoiled_bytes(draft.to_string().into_bytes(), random),
    }
    draft.to_string().into_bytes()
}

fn spoiled_bytes(mut bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len() + 1);
        match random.below(4) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, u8::try_from(random.below(256)).unwrap()),
            2 => bytes.splice(at..at, b"[[[{\"".iter().copied()).for_each(drop),
            _ => bytes.extend_from_within(..at),
        }
    }
    bytes
}
