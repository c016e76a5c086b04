//! Whether a text is canonical, found in one pass over its bytes and without building a value.

use std::cmp::Ordering;

use super::LARGEST;

/// How deep values may be nested; what `serde_json` reads at most.
const DEPTH: u8 = 127;

/// Whether `text` is what [`canonical`](super::canonical) gives for the value that it holds.
///
/// ```
/// assert!(cicd_core::json::is_canonical(r#"{"a":"é","b":1}"#));
/// assert!(!cicd_core::json::is_canonical(r#"{"b":1,"a":"é"}"#));
/// assert!(!cicd_core::json::is_canonical(r#"{"a": 1}"#));
/// ```
#[must_use]
pub fn is_canonical(text: &str) -> bool {
    let mut scan = Scan { rest: text.as_bytes() };
    scan.value(DEPTH).is_some() && scan.rest.is_empty()
}

/// What is left of a text. Every step gives `None` where the text is not canonical.
struct Scan<'a> {
    rest: &'a [u8],
}

impl<'a> Scan<'a> {
    fn value(&mut self, depth: u8) -> Option<()> {
        match self.rest.first()? {
            b'{' => self.object(depth.checked_sub(1)?),
            b'[' => self.array(depth.checked_sub(1)?),
            b'"' => self.string().map(drop),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.integer(),
        }
    }

    fn object(&mut self, depth: u8) -> Option<()> {
        self.word(b"{")?;
        if self.took(b'}') {
            return Some(());
        }
        let mut before: Option<&[u8]> = None;
        loop {
            let name = self.string()?;
            if before.is_some_and(|before| !ascends(before, name)) {
                return None;
            }
            before = Some(name);
            self.word(b":")?;
            self.value(depth)?;
            if !self.took(b',') {
                return self.word(b"}");
            }
        }
    }

    fn array(&mut self, depth: u8) -> Option<()> {
        self.word(b"[")?;
        if self.took(b']') {
            return Some(());
        }
        loop {
            self.value(depth)?;
            if !self.took(b',') {
                return self.word(b"]");
            }
        }
    }

    /// A string; gives what stands between its quotes.
    fn string(&mut self) -> Option<&'a [u8]> {
        self.word(b"\"")?;
        let begin = self.rest;
        loop {
            let special = |byte: &u8| matches!(byte, b'"' | b'\\' | ..b' ');
            self.skip(self.rest.iter().position(special)?)?;
            if self.took(b'"') {
                return begin.get(..begin.len() - self.rest.len() - 1);
            }
            self.escape()?;
        }
    }

    /// An escape, of those that have no shorter form.
    fn escape(&mut self) -> Option<()> {
        self.word(b"\\")?;
        let escaped = *self.rest.first()?;
        if matches!(escaped, b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't') {
            return self.skip(1);
        }
        self.word(b"u00")?;
        let (high, low) = (*self.rest.first()?, *self.rest.get(1)?);
        let has_short_form = high == b'0' && matches!(low, b'8' | b'9' | b'a' | b'c' | b'd');
        let is_control = matches!(high, b'0' | b'1') && matches!(low, b'0'..=b'9' | b'a'..=b'f');
        (is_control && !has_short_form).then(|| self.skip(2))?
    }

    fn integer(&mut self) -> Option<()> {
        let negative = self.took(b'-');
        let digits = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let text = self.rest.get(..digits)?;
        // Sixteen digits hold the largest one, and never overflow.
        if digits == 0 || digits > 16 || (text.first() == Some(&b'0') && (digits > 1 || negative)) {
            return None;
        }
        let value = text.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
        (value <= LARGEST).then(|| self.skip(digits))?
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(word)?;
        Some(())
    }

    fn took(&mut self, byte: u8) -> bool {
        let found = self.rest.first() == Some(&byte);
        found && self.skip(1).is_some()
    }

    fn skip(&mut self, bytes: usize) -> Option<()> {
        self.rest = self.rest.get(bytes..)?;
        Some(())
    }
}

/// Whether `name` comes after `before` by UTF-16 code units; both as they stand between quotes.
fn ascends(before: &[u8], name: &[u8]) -> bool {
    let plain = |text: &[u8]| text.is_ascii() && !text.contains(&b'\\');
    if plain(before) && plain(name) {
        return before < name;
    }
    match (unquoted(before), unquoted(name)) {
        (Some(before), Some(name)) => before.encode_utf16().cmp(name.encode_utf16()) == Ordering::Less,
        _ => false,
    }
}

fn unquoted(text: &[u8]) -> Option<String> {
    serde_json::from_slice(&[b"\"", text, b"\""].concat()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::super::canonical;
    use super::*;

    #[test]
    fn tells_each_departure() {
        for text in [
            "",
            " 1",
            "1 ",
            "01",
            "-0",
            "1.0",
            "1e3",
            "+1",
            "9007199254740992",
            "nul",
            "[1,]",
            "[1 ]",
            "{}x",
            r#"{"a":1,"a":1}"#,
            r#"{"b":1,"a":1}"#,
            r#"{"a":1,}"#,
            r#"{"a" :1}"#,
            r#"{a:1}"#,
            r#""\/""#,
            r#""\u0008""#,
            r#""\u001F""#,
            r#""\u0041""#,
            r#""\x""#,
            "\"\n\"",
            "\"",
            "\"a",
            "[",
            "{",
            "{\"\u{fb33}\":1,\"\u{1f600}\":2}",
        ] {
            assert!(!is_canonical(text), "{text}");
        }
        for text in [
            "0",
            "-1",
            "9007199254740991",
            "-9007199254740991",
            "true",
            "null",
            "[]",
            "{}",
            "[[],{}]",
            r#""\u0001\u001f/\"\\\b\t\n\f\r""#,
            "{\"\\r\":3,\"1\":4,\"\u{80}\":5,\"\u{1f600}\":2,\"\u{fb33}\":1}",
        ] {
            assert!(is_canonical(text), "{text}");
        }
    }

    #[test]
    fn nesting_has_an_end() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(is_canonical(&nested(127)));
        assert!(!is_canonical(&nested(128)));
        assert!(!is_canonical(&nested(1_000_000)));
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-LARGEST..=LARGEST).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::hash_map(any::<String>(), inner, 0..5)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn agrees_with_what_is_written(value in value(), at in any::<prop::sample::Index>(), byte in 0_u8..128) {
            let text = String::from_utf8(canonical(&value).unwrap()).unwrap();
            prop_assert!(is_canonical(&text), "{text}");
            // One byte of it replaced: canonical only where reading and writing it anew gives it back.
            let mut bytes = text.into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if let Ok(text) = String::from_utf8(bytes) {
                let again = serde_json::from_str::<Value>(&text).ok().and_then(|value| canonical(&value).ok());
                prop_assert_eq!(is_canonical(&text), again.as_deref() == Some(text.as_bytes()), "{}", text);
            }
        }
    }
}
