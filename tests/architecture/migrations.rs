//! The same steps in both databases, as `migrations/README.md` tells them.

use std::collections::BTreeSet;

use crate::source;

fn files(database: &str) -> BTreeSet<String> {
    let folder = source::root().join("migrations").join(database);
    let entries =
        std::fs::read_dir(folder).expect("a folder of migrations").map(|entry| entry.expect("an entry"));
    // What is optional is a matter of one database.
    let steps = entries.filter(|entry| entry.path().is_file());
    steps.map(|entry| entry.file_name().into_string().expect("UTF-8")).collect()
}

#[test]
fn both_databases_have_the_same_steps() {
    let (postgres, sqlite) = (files("postgres"), files("sqlite"));
    let alone: Vec<_> = postgres.symmetric_difference(&sqlite).collect();
    assert!(alone.is_empty(), "one number and name mean one step in each: {alone:?}");
    assert!(postgres.len() >= 8, "{postgres:?}");
}

#[test]
fn the_readme_names_the_oldest_binary_of_each_step() {
    let readme = std::fs::read_to_string(source::root().join("migrations/README.md")).expect("a README");
    for file in files("postgres") {
        let Some(step) = file.strip_suffix(".up.sql") else { continue };
        let [postgres, sqlite] = ["postgres", "sqlite"].map(|database| oldest(database, &file));
        let row = format!("| {} | {postgres} | {sqlite} |", step.replace('_', " "));
        assert!(readme.contains(&row), "`{file}`: the table lacks `{row}`");
    }
}

/// What the first line of an up step says.
fn oldest(database: &str, file: &str) -> String {
    let path = source::root().join("migrations").join(database).join(file);
    let text = std::fs::read_to_string(path).expect("a migration");
    let first = text.lines().next().and_then(|line| line.strip_prefix("-- oldest: "));
    first.expect("the first line says which binary may run").to_owned()
}
