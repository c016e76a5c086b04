//! What a child's shell reads before it becomes the command.
//!
//! The shell waits on its standard input with the attempt's rights, not the host's. So the command begins only after the host has
//! recorded the child, a host that dies before leaves nothing, and what a step puts into the environment (`LD_PRELOAD`, `ENV`)
//! never reaches a program that still has the host's rights, nor shows in a process list.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

/// The lines that set up `environment` and `directory` and then become `"$@"`.
///
/// # Errors
/// For a name that is not a variable's and for what a shell can't hold.
pub(crate) fn begin(directory: &Path, environment: &BTreeMap<String, String>) -> io::Result<Vec<u8>> {
    let directory = directory.to_str().ok_or_else(|| invalid("the directory is not UTF-8"))?;
    let mut script = String::new();
    for (name, value) in environment {
        if !is_name(name) {
            return Err(invalid(&format!(
                "`{name}` is not the name of a variable; accepted: A-Z, a-z, 0-9 and `_`"
            )));
        }
        // Writing to a String does not fail.
        let _ = writeln!(script, "export {name}={}", quoted(value)?);
    }
    let _ = writeln!(script, "cd -- {} || exit 126", quoted(directory)?);
    // Last, so that a script that was cut does nothing.
    script.push_str("exec \"$@\" </dev/null\n");
    Ok(script.into_bytes())
}

fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn quoted(text: &str) -> io::Result<String> {
    if text.contains('\0') {
        return Err(invalid("a NUL character is not accepted in an environment"));
    }
    Ok(format!("'{}'", text.replace('\'', r"'\''")))
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(name: &str, value: &str) -> io::Result<String> {
        let environment = BTreeMap::from([(name.to_owned(), value.to_owned())]);
        begin(Path::new("/w"), &environment).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn a_value_is_only_a_value() {
        let expected = "export A='it'\\''s $(id)\n`id`'\ncd -- '/w' || exit 126\nexec \"$@\" </dev/null\n";
        assert_eq!(script("A", "it's $(id)\n`id`").unwrap(), expected);
    }

    #[test]
    fn refuses_what_is_no_name() {
        for name in ["", "1A", "A B", "A=B", "A;id", "Ä"] {
            assert!(script(name, "").is_err(), "{name}");
        }
        assert!(script("A", "a\0b").is_err());
    }
}
