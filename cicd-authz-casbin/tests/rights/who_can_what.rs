//! The table in the docs is the one that the code makes.

use std::path::PathBuf;

use cicd_core::authz::{Action, Reach};
use cicd_core::port::Authorizer as _;

use crate::support::{default_roles, with_policy};

const BEGIN: &str = "<!-- who-can-what: begin -->\n";
const END: &str = "<!-- who-can-what: end -->";

/// `UPDATE_DOCS=1 cargo test -p cicd-authz-casbin who_can_what` writes the table anew.
#[test]
fn who_can_what_in_the_docs_is_current() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/SECURITY.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the page says where the table begins");
    let (table, after) = rest.split_once(END).expect("the page says where the table ends");
    let current = format!("\n{}\n", default_roles().table().unwrap());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{current}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(table, current, "docs/SECURITY.md is out of date; run this test with `UPDATE_DOCS=1`");
}

#[test]
fn a_right_on_some_objects_is_shown_as_such() {
    let lines = "p, viewer, *, *, read\np, viewer, *, deployment/staging/*, release.pause\ng, qa, viewer";
    let table = with_policy(lines).unwrap().table().unwrap();
    let header = "| action | viewer | developer | approver | release-manager | admin | auditor | qa |\n";
    assert!(table.starts_with(header), "{table}");
    assert!(table.contains("| `read` | ● | | | | | | ● |\n"), "{table}");
    assert!(table.contains("| `release.pause` | ◐ | | | | | | ◐ |\n"), "{table}");
    assert!(table.contains("| `release.abort` | | | | | | | |\n"), "{table}");
}

#[tokio::test]
async fn a_tenant_is_told_its_own_rights() {
    let lines = "p, viewer, *, *, read\np, viewer, acme, tenant, release.pause\ng, qa, viewer";
    let authorizer = with_policy(lines).unwrap();
    for (tenant, expected) in [("acme", Reach::Somewhere), ("globex", Reach::Nowhere)] {
        // Twice: the second answer is the one that was kept.
        for _ in 0..2 {
            let told = authorizer.who_can_what(&tenant.parse().unwrap()).await.unwrap();
            let qa = told.roles.iter().find(|rights| rights.role.as_str() == "qa").unwrap();
            let reach = |asked| qa.actions.iter().find(|right| right.action == asked).unwrap().reach;
            assert_eq!(
                (reach(Action::Read), reach(Action::Pause)),
                (Reach::Everywhere, expected),
                "{tenant}"
            );
        }
    }
}
