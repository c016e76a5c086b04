//! SPDX licence expressions: whether a set of accepted licences satisfies one.

/// Whether `accepted` satisfies `expression`, such as `(MIT OR Apache-2.0) AND Unicode-3.0`; the old `MIT/Apache-2.0`
/// means OR. An exception (`Apache-2.0 WITH LLVM-exception`) is accepted as a whole or not at all; `MPL-2.0+` is
/// satisfied by `MPL-2.0`.
pub(super) fn satisfied(expression: &str, accepted: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut parser = Parser { words: &words, accepted, malformed: false };
    parser.any() && parser.words.is_empty() && !parser.malformed
}

struct Parser<'a> {
    words: &'a [&'a str],
    accepted: &'a dyn Fn(&str) -> bool,
    malformed: bool,
}

impl<'a> Parser<'a> {
    /// One side of `OR` suffices; both are read.
    fn any(&mut self) -> bool {
        let mut satisfied = self.all();
        while self.take("OR") {
            satisfied |= self.all();
        }
        satisfied
    }

    /// Both sides of `AND` are needed; both are read.
    fn all(&mut self) -> bool {
        let mut satisfied = self.one();
        while self.take("AND") {
            satisfied &= self.one();
        }
        satisfied
    }

    fn one(&mut self) -> bool {
        if self.take("(") {
            let inner = self.any();
            self.malformed |= !self.take(")");
            return inner;
        }
        let licence = self.word();
        if !self.take("WITH") {
            return (self.accepted)(licence.trim_end_matches('+'));
        }
        let exception = self.word();
        (self.accepted)(&format!("{licence} WITH {exception}"))
    }

    /// The next word; notes when there is none.
    fn word(&mut self) -> &'a str {
        let Some((word, rest)) = self.words.split_first() else {
            self.malformed = true;
            return "";
        };
        self.words = rest;
        word
    }

    fn take(&mut self, word: &str) -> bool {
        match self.words.split_first() {
            Some((first, rest)) if *first == word => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::satisfied;

    #[test]
    fn reads_expressions_as_spdx_means_them() {
        let accepted =
            |licence: &str| ["MIT", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"].contains(&licence);
        for yes in [
            "MIT",
            "GPL-3.0 OR MIT",
            "GPL-3.0/MIT",
            "(GPL-3.0 OR MIT) AND Unicode-3.0",
            "GPL-3.0 AND BSD-3-Clause OR MIT",
            "Apache-2.0 WITH LLVM-exception",
            "MIT+",
        ] {
            assert!(satisfied(yes, &accepted), "{yes}");
        }
        for no in [
            "",
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "MIT AND (GPL-3.0 OR BSD-3-Clause)",
            "MIT WITH LLVM-exception",
            "(MIT",
            "MIT)",
            "MIT OR",
            "MIT GPL-3.0",
        ] {
            assert!(!satisfied(no, &accepted), "{no}");
        }
    }
}
