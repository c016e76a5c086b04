//! `cicd doctor`.

use cicd_core::trail::verify_tenant;
use clap::Args;

use crate::blobs::{self, BlobStorage};
use crate::database::{Database, Opened};
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    blobs: BlobStorage,
}

/// A check and what it found; nothing wrong is an empty list.
struct Finding {
    check: String,
    wrong: Vec<String>,
}

impl Doctor {
    #[expect(clippy::print_stdout, reason = "what was found is the command's answer")]
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let opened = self.database.open().await?;
        let findings = self.examine(&opened).await;
        opened.close().await;
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

    async fn examine(&self, opened: &Opened) -> Result<Vec<Finding>, Failure> {
        let opens = "the database opens: schema, heads and the last events of every chain";
        let mut findings = vec![Finding { check: opens.to_owned(), wrong: Vec::new() }];
        let trail = opened.trail();
        for tenant in trail.tenants().await? {
            for report in verify_tenant(&*trail, &tenant).await? {
                let name = report.chain.as_str();
                findings.push(Finding {
                    check: format!("chain {tenant}/{name}: {} events verified", report.verified()),
                    wrong: report.error.iter().map(ToString::to_string).collect(),
                });
            }
        }
        findings.push(Finding { check: "no invariant is broken".to_owned(), wrong: opened.oracle().await? });
        if self.blobs.is_named() {
            findings.push(Finding {
                check: "the blobs are those of the database's hosts".to_owned(),
                wrong: self.examine_blobs(opened).await?.into_iter().collect(),
            });
        }
        let exposed = self.database.data.exposed()?.into_iter();
        let wrong = exposed.map(|path| format!("`{}` can be read by others than its owner", path.display()));
        findings.push(Finding {
            check: "only the owner can read what is private".to_owned(),
            wrong: wrong.collect(),
        });
        Ok(findings)
    }

    /// What is wrong with the blobs. Nothing is made where none are.
    async fn examine_blobs(&self, opened: &Opened) -> Result<Option<String>, Failure> {
        if let Some(directory) = self.blobs.missing() {
            return Ok(Some(format!("`{}` is not there", directory.display())));
        }
        let blobs = self.blobs.open(&self.database.data).await?;
        Ok(blobs::examined(opened, &*blobs.blobs()).await?.map(str::to_owned))
    }
}
