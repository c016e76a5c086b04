//! The file in which a verification says how far it came, so that the next one goes on from there. What it holds are heads
//! that were kept elsewhere: a chain that no longer has them was written anew, cut, or restored.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use cicd_core::audit::{Chain, ChainHead};
use cicd_core::digest::Digest;
use cicd_core::id::TenantId;
use cicd_core::trail::Known;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    format: Format,
    heads: Vec<Head>,
}

#[derive(Debug, Serialize, Deserialize)]
enum Format {
    #[serde(rename = "cicd-audit-checkpoint-v1")]
    V1,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    tenant: TenantId,
    chain: Chain,
    seq: u64,
    hash: Digest,
}

/// A checkpoint and its file.
#[derive(Debug)]
pub(super) struct Checkpoint {
    path: PathBuf,
    heads: BTreeMap<(TenantId, &'static str), Head>,
}

impl Checkpoint {
    /// Reads the file at `path`; a checkpoint without heads where there is none.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let content = match fs::read(path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| {
                Failure::new(format!("`{}` is not a checkpoint: {error}", path.display()))
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Content { format: Format::V1, heads: Vec::new() }
            }
            Err(error) => return Err(Failure::new(format!("`{}`: {error}", path.display()))),
        };
        let heads = content.heads.into_iter().map(|head| ((head.tenant.clone(), head.chain.as_str()), head));
        Ok(Self { path: path.to_path_buf(), heads: heads.collect() })
    }

    /// What it knows of a chain.
    pub(super) fn known(&self, tenant: &TenantId, chain: Chain) -> Known {
        let head = self.heads.get(&(tenant.clone(), chain.as_str()));
        head.map_or_else(Known::default, |head| Known {
            after: head.seq,
            kept: [(head.seq, head.hash)].into(),
        })
    }

    /// The tenants of its heads.
    pub(super) fn tenants(&self) -> impl Iterator<Item = &TenantId> {
        self.heads.keys().map(|(tenant, _)| tenant)
    }

    /// Notes that a chain verified up to `head`. It never goes back.
    pub(super) fn note(&mut self, tenant: &TenantId, chain: Chain, head: ChainHead) {
        let key = (tenant.clone(), chain.as_str());
        if self.heads.get(&key).map_or(0, |known| known.seq) < head.seq {
            self.heads.insert(key, Head { tenant: tenant.clone(), chain, seq: head.seq, hash: head.hash });
        }
    }

    /// Writes the file: whole or not at all.
    pub(super) fn write(&self) -> Result<(), Failure> {
        let content = Content { format: Format::V1, heads: self.heads.values().cloned().collect() };
        let text = serde_json::to_vec_pretty(&content)?;
        let mut beside = self.path.clone().into_os_string();
        beside.push(".new");
        let written = (|| {
            let mut file = fs::File::create(&beside)?;
            io::Write::write_all(&mut file, &text)?;
            file.sync_all()?;
            fs::rename(&beside, &self.path)
        })();
        written.map_err(|error| Failure::new(format!("`{}`: {error}", self.path.display())))
    }
}
