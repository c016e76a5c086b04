//! Counts tests by the closing lines of `cargo test`.

/// How many tests passed and failed.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
    /// Adds the tests that `output` tells of, and returns a note about them; empty when it tells of none.
    pub(crate) fn add(&mut self, output: &str) -> String {
        let (passed, failed) =
            output.lines().filter_map(closing).fold((0, 0), |sum, line| (sum.0 + line.0, sum.1 + line.1));
        self.passed += passed;
        self.failed += failed;
        if passed + failed == 0 { String::new() } else { format!("  {passed} passed, {failed} failed") }
    }
}

/// Reads `test result: ok. 7 passed; 0 failed; …`.
fn closing(line: &str) -> Option<(u64, u64)> {
    let counts = line.trim_start().strip_prefix("test result: ")?.split_once(". ")?.1;
    let count =
        |what: &str| counts.split("; ").find_map(|part| part.strip_suffix(what)?.trim().parse::<u64>().ok());
    Some((count("passed")?, count("failed")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_closing_lines_and_nothing_else() {
        let mut tally = Tally::default();
        let note = tally.add(
            "running 3 tests\ntest a ... ok\ntest result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\
             test result: FAILED. 1 passed; 2 failed; 0 ignored\nsaid: 9 passed; 9 failed\n",
        );
        assert_eq!((tally.passed, tally.failed), (4, 2));
        assert_eq!(note, "  4 passed, 2 failed");
        assert_eq!(tally.add("Finished"), "");
    }
}
