//! A patch of `tests/sabotage` takes one protection out of the product as it is now.

use std::process::Command;

use crate::source;

#[test]
fn every_patch_fits_the_sources() {
    let directory = source::root().join("tests/sabotage");
    let entries = std::fs::read_dir(&directory).expect("patches");
    let files = entries.map(|entry| entry.expect("an entry").path());
    let patches: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|ending| ending == "patch")).collect();
    assert!(!patches.is_empty());
    let fits = |patch: &&std::path::PathBuf| {
        let mut git = Command::new("git");
        let output = git.args(["apply", "--check"]).arg(patch).current_dir(source::root()).output();
        output.expect("git").status.success()
    };
    let stale: Vec<_> = patches.iter().filter(|patch| !fits(patch)).collect();
    assert!(stale.is_empty(), "the code that they change has moved: {stale:#?}");
}
