//! One patch: what it takes away, and who must notice.

use std::path::{Path, PathBuf};

use crate::failure::{Context as _, Failure};

/// A patch of `tests/sabotage`.
pub(super) struct Patch {
    pub(super) name: String,
    pub(super) path: PathBuf,
    /// What would be lost without the protection.
    pub(super) protects: String,
    /// The arguments of `cargo test` that select the test.
    pub(super) test: Vec<String>,
}

impl Patch {
    /// Every patch in `directory`, by name.
    pub(super) fn all(directory: &Path) -> Result<Vec<Self>, Failure> {
        let entries = std::fs::read_dir(directory).context(|| format!("`{}`", directory.display()))?;
        let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "patch"));
        paths.sort();
        paths.into_iter().map(Self::read).collect()
    }

    fn read(path: PathBuf) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(&path)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let header = |key: &str| {
            let start = format!("# {key}: ");
            let found = text
                .lines()
                .take_while(|line| line.starts_with('#'))
                .find_map(|line| line.strip_prefix(&start));
            found
                .map(str::to_owned)
                .ok_or_else(|| Failure::new(format!("`{}` has no line `{start}…`", path.display())))
        };
        let protects = header("protects")?;
        let test = header("test")?.split_whitespace().map(str::to_owned).collect();
        Ok(Self { name, path, protects, test })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_headers_and_insists_on_them() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("quorum.patch");
        std::fs::write(&path, "# protects: two votes\n# test: -p a --lib b::c\ndiff --git a/x b/x\n")
            .expect("written");
        let patches = Patch::all(directory.path()).expect("patches");
        let patch = patches.first().expect("one");
        assert_eq!((patch.name.as_str(), patch.protects.as_str()), ("quorum", "two votes"));
        assert_eq!(patch.test, ["-p", "a", "--lib", "b::c"]);
        std::fs::write(&path, "diff --git a/x b/x\n# protects: late\n").expect("written");
        assert!(Patch::all(directory.path()).is_err());
    }
}
