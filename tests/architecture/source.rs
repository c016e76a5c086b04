//! The sources of the workspace.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The members of the workspace.
pub(crate) const MEMBERS: &[&str] = &[
    "cicd-core",
    "cicd-store-postgres",
    "cicd-store-sqlite",
    "cicd-cache",
    "cicd-authz-casbin",
    "cicd-executor",
    "cicd-http",
    "cicd-wasm",
    "cicd-wasm/bindgen",
    "examples",
    "tests",
    "xtask",
];

/// Where the workspace begins.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace around the tests").to_path_buf()
}

/// What cargo prints with `arguments`.
pub(crate) fn cargo(arguments: &[&str]) -> String {
    let output =
        Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().expect("cargo starts");
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}

/// Every Rust file below `directory`, with its path below `directory`.
pub(crate) fn files(directory: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut waiting = vec![directory.to_path_buf()];
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(&next).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && !path.ends_with("target") && !path.ends_with("node_modules") {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("UTF-8");
                found.push((path.strip_prefix(directory).expect("below").to_path_buf(), text));
            }
        }
    }
    assert!(!found.is_empty(), "no source below {}", directory.display());
    found.sort();
    found
}

/// The lines of `text` that ship: without the unit tests at its end.
pub(crate) fn shipped(text: &str) -> impl Iterator<Item = &str> {
    text.lines().take_while(|line| *line != "#[cfg(test)]")
}

/// The code of a line, without a comment at its end.
pub(crate) fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or_default()
}
