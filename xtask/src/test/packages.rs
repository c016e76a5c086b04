//! Each published crate as it would be uploaded: packed, unpacked and built from the package alone.

use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::tool;

/// Packs and builds every crate that may be published.
pub(super) fn check() -> Result<String, Failure> {
    forget_earlier_packages()?;
    let mut command = tool::cargo(&["package", "--workspace", "--allow-dirty", "--quiet"]);
    for name in unpublished()? {
        command.args(["--exclude", &name]);
    }
    tool::output(&mut command)
}

/// Cargo takes a package of the same name and version for the same one: what was unpacked and built for an earlier check
/// would be built against again.
fn forget_earlier_packages() -> Result<(), Failure> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let registry = home.unwrap_or_default().join("registry");
    for places in [registry.join("src"), registry.join("cache")] {
        for place in entries(&places) {
            forget_ours(&place)?;
        }
    }
    if tool::target().join("package").exists() {
        forget_ours(&tool::target().join("debug/.fingerprint"))?;
    }
    Ok(())
}

/// Removes what is named after our crates.
fn forget_ours(directory: &Path) -> Result<(), Failure> {
    let is_ours = |path: &PathBuf| {
        path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("cicd-"))
    };
    for path in entries(directory).into_iter().filter(is_ours) {
        if path.is_dir() { std::fs::remove_dir_all(&path)? } else { std::fs::remove_file(&path)? }
    }
    Ok(())
}

/// What a directory holds; nothing where it is not there.
fn entries(directory: &Path) -> Vec<PathBuf> {
    let entries = directory.read_dir().into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// The members that say `publish = false`.
fn unpublished() -> Result<Vec<String>, Failure> {
    let metadata = tool::stdout(&mut tool::cargo(&["metadata", "--format-version=1", "--no-deps"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    let packages = metadata.get("packages").and_then(|packages| packages.as_array()).into_iter().flatten();
    let held_back =
        packages.filter(|package| package.get("publish").is_some_and(|to| to == &serde_json::json!([])));
    Ok(held_back.filter_map(|package| package.get("name")?.as_str().map(str::to_owned)).collect())
}
