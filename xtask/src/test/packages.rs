//! Each published crate as it would be uploaded: packed, unpacked and built from the package alone.

use crate::failure::Failure;
use crate::tool;

/// Packs and builds every crate that may be published.
pub(super) fn check() -> Result<String, Failure> {
    let mut command = tool::cargo(&["package", "--workspace", "--allow-dirty", "--quiet"]);
    for name in unpublished()? {
        command.args(["--exclude", &name]);
    }
    tool::output(&mut command)
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
