//! `cicd audit verify`.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::str::FromStr;

use cicd_core::audit::Chain;
use cicd_core::digest::Digest;
use cicd_core::id::TenantId;
use cicd_core::port::StoreError;
use cicd_core::trail::{CHAINS, ChainReport, Known, Trail, verify};
use clap::Args;
use serde::Serialize;

use super::bar::Bar;
use super::checkpoint::Checkpoint;
use super::source::Source;
use crate::failure::Failure;

/// How many events verify between two writes of the checkpoint.
const BETWEEN: u64 = 100_000;

#[derive(Debug, Args)]
pub(super) struct Verify {
    #[command(flatten)]
    source: Source,
    /// Only this tenant's chains.
    #[arg(long)]
    tenant: Option<TenantId>,
    /// Only these chains: `ledger` or `security`.
    #[arg(long, value_parser = super::chain)]
    chain: Option<Chain>,
    /// Begin with this event, and take those before it for sound.
    #[arg(long, value_name = "SEQ", requires_all = ["tenant", "chain"], value_parser = clap::value_parser!(u64).range(1..))]
    from: Option<u64>,
    /// The hash of the event before `--from`, which was kept elsewhere.
    #[arg(long, value_name = "HASH", requires = "from", value_parser = hash)]
    from_hash: Option<Digest>,
    /// Go on from where this file says that the last verification came to, and write to it how far this one comes.
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    checkpoint: Option<PathBuf>,
    /// A head that was kept elsewhere: the chain must still hold it. May be repeated.
    #[arg(long, value_name = "SEQ:HASH", requires_all = ["tenant", "chain"])]
    expect: Vec<Kept>,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// A sequence and its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kept {
    seq: u64,
    hash: Digest,
}

impl FromStr for Kept {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse =
            || format!("`{text}`; accepted: a sequence, `:`, and a hash as `cicd audit verify` prints it");
        let (seq, digest) = text.split_once(':').ok_or_else(refuse)?;
        let seq = seq.parse().ok().filter(|seq| *seq > 0).ok_or_else(refuse)?;
        Ok(Self { seq, hash: hash(digest).map_err(|_| refuse())? })
    }
}

/// A hash with or without the name of its algorithm.
fn hash(text: &str) -> Result<Digest, String> {
    let named = if text.contains(':') { text.to_owned() } else { format!("sha256:{text}") };
    named.parse().map_err(|error: cicd_core::digest::ParseDigestError| error.to_string())
}

/// What was found, for programs.
#[derive(Serialize)]
struct Answer<'a> {
    sound: bool,
    chains: &'a [ChainReport],
}

impl Verify {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let mut checkpoint =
            self.checkpoint.as_deref().map(Checkpoint::read).transpose().map_err(Failure::unanswered)?;
        let trail = self.source.open().await?;
        let chains = self.chains(&*trail, checkpoint.as_ref()).await.map_err(untold)?;
        let reports = self.verify(&*trail, &chains, &mut checkpoint).await?;
        if self.tenant.is_some()
            && reports.iter().all(|report| report.error.is_none() && report.head.seq == 0)
        {
            return Err(
                Failure::new("this tenant has no events; accepted: a tenant of this database").unanswered()
            );
        }
        self.tell(&reports)?;
        match reports.iter().filter(|report| report.error.is_some()).count() {
            0 => Ok(()),
            broken => Err(Failure::new(format!("{broken} of {} chains are broken", reports.len()))),
        }
    }

    /// The chains to verify: those that are there, and those that once were.
    async fn chains(
        &self,
        trail: &dyn Trail,
        checkpoint: Option<&Checkpoint>,
    ) -> Result<Vec<(TenantId, Chain)>, StoreError> {
        let tenants: BTreeSet<TenantId> = match &self.tenant {
            Some(tenant) => [tenant.clone()].into(),
            None => {
                let gone = checkpoint.into_iter().flat_map(Checkpoint::tenants).cloned();
                trail.tenants().await?.into_iter().chain(gone).collect()
            }
        };
        let wanted = |chain: &Chain| self.chain.is_none_or(|wanted| wanted == *chain);
        let chains = tenants.into_iter().flat_map(|tenant| CHAINS.map(|chain| (tenant.clone(), chain)));
        Ok(chains.filter(|(_, chain)| wanted(chain)).collect())
    }

    async fn verify(
        &self,
        trail: &dyn Trail,
        chains: &[(TenantId, Chain)],
        checkpoint: &mut Option<Checkpoint>,
    ) -> Result<Vec<ChainReport>, Failure> {
        let mut bar = Bar::on_a_terminal();
        if let Some(bar) = &mut bar {
            for (tenant, chain) in chains {
                let end = trail.head(tenant, *chain).await.map_err(untold)?;
                bar.await_events(
                    end.seq.saturating_sub(self.known(tenant, *chain, checkpoint.as_ref()).after),
                );
            }
        }
        let mut reports = Vec::new();
        for (tenant, chain) in chains {
            let known = self.known(tenant, *chain, checkpoint.as_ref());
            reports.push(one(trail, tenant, *chain, &known, checkpoint, &mut bar).await?);
        }
        Ok(reports)
    }

    fn known(&self, tenant: &TenantId, chain: Chain, checkpoint: Option<&Checkpoint>) -> Known {
        let mut known = checkpoint.map(|checkpoint| checkpoint.known(tenant, chain)).unwrap_or_default();
        if let Some(from) = self.from {
            known.after = from.saturating_sub(1);
            known.kept.extend(self.from_hash.filter(|_| known.after > 0).map(|hash| (known.after, hash)));
        }
        known.kept.extend(self.expect.iter().map(|kept| (kept.seq, kept.hash)));
        known
    }

    #[expect(clippy::print_stdout, reason = "what was found is the command's answer")]
    fn tell(&self, reports: &[ChainReport]) -> Result<(), Failure> {
        if self.json {
            let sound = reports.iter().all(|report| report.error.is_none());
            println!("{}", serde_json::to_string_pretty(&Answer { sound, chains: reports })?);
            return Ok(());
        }
        for report in reports {
            let ChainReport { tenant, chain, head, error, .. } = report;
            let mark = if error.is_none() { "✓" } else { "✗" };
            let (chain, verified) = (chain.as_str(), report.verified());
            let head =
                if head.seq > 0 { format!(", head {}:{}", head.seq, head.hash) } else { String::new() };
            println!("{mark} {tenant}/{chain}: {verified} events verified{head}");
            error.iter().for_each(|error| println!("    {error}"));
        }
        Ok(())
    }
}

/// Verifies a chain, and notes now and then how far it came.
async fn one(
    trail: &dyn Trail,
    tenant: &TenantId,
    chain: Chain,
    known: &Known,
    checkpoint: &mut Option<Checkpoint>,
    bar: &mut Option<Bar>,
) -> Result<ChainReport, Failure> {
    let (mut shown, mut written, mut failed) = (known.after, known.after, None);
    let name = format!("{tenant}/{}", chain.as_str());
    let mut progress = |head: cicd_core::audit::ChainHead| {
        if let Some(bar) = bar {
            bar.add(head.seq.saturating_sub(shown), &name);
            shown = head.seq;
        }
        if let Some(checkpoint) = checkpoint {
            checkpoint.note(tenant, chain, head);
            if head.seq.saturating_sub(written) >= BETWEEN {
                written = head.seq;
                failed = checkpoint.write().err();
            }
        }
    };
    let report = verify(trail, tenant, chain, known, &mut progress).await.map_err(untold)?;
    if let Some(checkpoint) = checkpoint {
        checkpoint.note(tenant, chain, report.head);
        checkpoint.write().map_err(Failure::unanswered)?;
    }
    failed.map_or(Ok(report), |failure| Err(failure.unanswered()))
}

/// A store that can't be read says nothing of its chains; what is stored but can't be understood does.
fn untold(error: StoreError) -> Failure {
    let corrupt = matches!(error, StoreError::Corrupt { .. });
    let failure = Failure::from(error);
    if corrupt { failure } else { failure.unanswered() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_is_printed() {
        let hash = Digest::of(b"x");
        let kept = Ok(Kept { seq: 7, hash });
        assert_eq!(format!("7:{hash}").parse(), kept);
        assert_eq!(format!("7:{}", hash.hex()).parse(), kept);
        for text in ["", "7", "7:", ":", "0:sha256:00", "-1:x", &format!("0:{hash}"), &format!("x:{hash}")] {
            assert!(text.parse::<Kept>().is_err(), "{text}");
        }
    }
}
