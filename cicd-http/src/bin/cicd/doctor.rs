//! `cicd doctor`.

use cicd_core::port::Store as _;
use cicd_core::trail::verify_tenant;
use cicd_store_sqlite::SqliteStore;
use clap::Args;

use crate::data::Data;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    data: Data,
}

/// A check and what it found; nothing wrong is an empty list.
struct Finding {
    check: String,
    wrong: Vec<String>,
}

impl Doctor {
    #[expect(clippy::print_stdout, reason = "what was found is the command's answer")]
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let store = self.data.open().await?;
        let findings = self.examine(&store).await;
        store.close().await;
        let findings = findings?;
        for Finding { check, wrong } in &findings {
            println!("{} {check}", if wrong.is_empty() { "✓" } else { "✗" });
            wrong.iter().for_each(|line| println!("    {line}"));
        }
        match findings.iter().map(|finding| finding.wrong.len()).sum::<usize>() {
            0 => Ok(()),
            wrong => Err(Failure::new(format!("{wrong} things are wrong"))),
        }
    }

    async fn examine(&self, store: &SqliteStore) -> Result<Vec<Finding>, Failure> {
        let opened = "the database opens: schema, heads and the last events of every chain";
        let mut findings = vec![Finding { check: opened.to_owned(), wrong: Vec::new() }];
        for tenant in store.tenants().await? {
            for report in verify_tenant(store, &tenant).await? {
                let name = report.chain.as_str();
                findings.push(Finding {
                    check: format!("chain {tenant}/{name}: {} events verified", report.verified()),
                    wrong: report.error.iter().map(ToString::to_string).collect(),
                });
            }
        }
        findings.push(Finding { check: "no invariant is broken".to_owned(), wrong: store.oracle().await? });
        let exposed = self.data.exposed()?.into_iter();
        let wrong = exposed.map(|path| format!("`{}` can be read by others than its owner", path.display()));
        findings.push(Finding {
            check: "only the owner can read what is private".to_owned(),
            wrong: wrong.collect(),
        });
        Ok(findings)
    }
}
