//! The table of limits stands where embedders look for it, and where auditors do.

use crate::source::root;

#[test]
fn the_limits_are_told_in_one_way() {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).unwrap();
    let table = read("cicd-http/src/limits.md");
    assert!(
        read("docs/SECURITY.md").contains(&table),
        "docs/SECURITY.md has another table than cicd-http/src/limits.md"
    );
}
