//! A file holds one concept: none grows beyond [`LONGEST`] lines.

use crate::source;

const LONGEST: usize = 500;

#[test]
fn no_file_outgrows_its_concept() {
    let too_long: Vec<String> = [
        "cicd-core",
        "cicd-store-postgres",
        "cicd-store-sqlite",
        "cicd-cache",
        "cicd-authz-casbin",
        "cicd-executor",
        "cicd-http",
        "cicd-wasm",
    ]
    .into_iter()
    .chain(["examples", "tests", "xtask"])
    .flat_map(|member| {
        let files = source::files(&source::root().join(member)).into_iter();
        files
            .map(move |(path, text)| (format!("{member}/{}", path.display()), source::shipped(&text).count()))
    })
    .filter(|(_, lines)| *lines > LONGEST)
    .map(|(path, lines)| format!("{path}: {lines} lines"))
    .collect();
    assert!(too_long.is_empty(), "split along concepts (accepted: at most {LONGEST} lines): {too_long:#?}");
}
