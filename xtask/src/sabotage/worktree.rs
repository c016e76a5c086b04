//! A worktree of the last commit, where patches do no harm.

use std::fmt;

use super::patch::Patch;
use crate::failure::Failure;
use crate::tool;

/// How many lines of an output are shown.
const SHOWN: usize = 15;

/// A worktree in a temporary directory; removed when dropped.
pub(super) struct Worktree {
    directory: tempfile::TempDir,
}

/// What came of a test.
pub(super) enum Outcome {
    Green,
    Red,
    /// Nothing ran: the name selects no test, or the code doesn't compile.
    Nothing(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Green => f.write_str("it stayed green"),
            Self::Red => f.write_str("it is red"),
            Self::Nothing(output) => write!(f, "nothing ran\n{}", end(output)),
        }
    }
}

impl Worktree {
    pub(super) fn of_head() -> Result<Self, Failure> {
        let worktree = Self { directory: tempfile::tempdir()? };
        tool::output(
            tool::program("git", &["worktree", "add", "--detach"]).arg(worktree.path()).arg("HEAD"),
        )?;
        worktree.rename_version()?;
        Ok(worktree)
    }

    /// Gives the worktree's crates a version of their own. Cargo tells the builds of two worktrees apart by version alone:
    /// with the same one, the workspace would later run what was built here, sabotage and all.
    fn rename_version(&self) -> Result<(), Failure> {
        let path = self.path().join("Cargo.toml");
        let manifest = std::fs::read_to_string(&path)?;
        let current = concat!("\nversion = \"", env!("CARGO_PKG_VERSION"), "\"\n");
        if manifest.matches(current).count() != 1 {
            return Err(Failure::new("`Cargo.toml` has no workspace version, or more than one"));
        }
        let (major, minor) = (env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR"));
        Ok(std::fs::write(
            path,
            manifest.replace(current, &format!("\nversion = \"{major}.{minor}.999\"\n")),
        )?)
    }

    pub(super) fn apply(&self, patch: &Patch) -> Result<(), Failure> {
        tool::output(tool::program("git", &["apply"]).arg(&patch.path).current_dir(self.path())).map(drop)
    }

    /// Takes `patch` back.
    pub(super) fn restore(&self, patch: &Patch) -> Result<(), Failure> {
        let mut command = tool::program("git", &["apply", "--reverse"]);
        tool::output(command.arg(&patch.path).current_dir(self.path())).map(drop)
    }

    /// Runs `cargo test` with `arguments`. What is compiled here is shared with the workspace as far as it is the same.
    pub(super) fn test(&self, arguments: &[String]) -> Result<Outcome, Failure> {
        let mut command = tool::cargo(&["test", "--quiet"]);
        command.args(arguments).current_dir(self.path()).env("CARGO_TARGET_DIR", tool::target());
        Ok(match tool::output(&mut command) {
            Ok(output) if ran(&output) => Outcome::Green,
            Ok(output) => Outcome::Nothing(output),
            Err(failure) if failure.to_string().contains("test result: FAILED") => Outcome::Red,
            Err(failure) => Outcome::Nothing(failure.to_string()),
        })
    }

    fn path(&self) -> &std::path::Path {
        self.directory.path()
    }
}

impl Drop for Worktree {
    fn drop(&mut self) {
        // What can't be removed now is forgotten by `git worktree prune`.
        let _ = tool::output(tool::program("git", &["worktree", "remove", "--force"]).arg(self.path()));
    }
}

/// The last lines of an output: they say what was wrong.
fn end(output: &str) -> String {
    let lines: Vec<&str> = output.lines().collect();
    lines.get(lines.len().saturating_sub(SHOWN)..).unwrap_or_default().join("\n")
}

/// Whether at least one test ran.
fn ran(output: &str) -> bool {
    output
        .lines()
        .any(|line| line.starts_with("test result: ok. ") && !line.starts_with("test result: ok. 0 passed"))
}
