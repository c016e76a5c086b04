//! `cicd audit export`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use cicd_core::audit::{CSV_HEADER, Chain, StoredEvent, csv_line, json_line};
use cicd_core::id::{CiRunId, DeploymentId, ReleaseId, ServiceId, TenantId};
use cicd_core::port::EventQuery;
use cicd_core::time::Timestamp;
use cicd_core::trail::{CHAINS, Selection, Trail};
use clap::{Args, ValueEnum};

use super::source::Source;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(super) struct Export {
    #[command(flatten)]
    source: Source,
    /// JSON Lines can be verified; CSV is to look at.
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    format: Format,
    /// The file to write, which must not be there yet; standard output unless given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    filters: Filters,
}

/// Which events; a whole chain without any but tenant and chain.
#[derive(Debug, Args)]
struct Filters {
    /// Only of this tenant.
    #[arg(long)]
    tenant: Option<TenantId>,
    /// Only of this chain: `ledger` or `security`.
    #[arg(long, value_parser = super::chain)]
    chain: Option<Chain>,
    /// Only of this kind, such as `release.approved`.
    #[arg(long)]
    kind: Option<String>,
    /// Only of this service.
    #[arg(long)]
    service: Option<ServiceId>,
    /// Only of this deployment.
    #[arg(long)]
    deployment: Option<DeploymentId>,
    /// Only of this release.
    #[arg(long)]
    release: Option<ReleaseId>,
    /// Only of this CI run.
    #[arg(long)]
    run: Option<CiRunId>,
    /// Only of this principal, attempt or part of the system.
    #[arg(long)]
    actor: Option<String>,
    /// Only from this time on, such as `2026-11-22T00:00:00Z`.
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Only before this time.
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
    /// Only from this sequence on.
    #[arg(long, value_name = "SEQ", value_parser = clap::value_parser!(u64).range(1..))]
    from: Option<u64>,
    /// Only up to this sequence.
    #[arg(long, value_name = "SEQ")]
    to: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Jsonl,
    Csv,
}

impl Export {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let trail = self.source.open().await?;
        let done = match &self.out {
            None => self.write(&*trail, &mut BufWriter::new(io::stdout().lock())).await,
            Some(path) => self.write_file(&*trail, path).await,
        };
        match done {
            // Whoever reads has seen enough.
            Err(Stopped::Out(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Err(Stopped::Out(error)) => Err(Failure::from(error).unanswered()),
            Err(Stopped::Failed(failure)) => Err(failure.unanswered()),
            Ok(()) => Ok(()),
        }
    }

    /// Writes a file for its owner alone. It has its name only once it is whole.
    async fn write_file(&self, trail: &dyn Trail, path: &Path) -> Result<(), Stopped> {
        if path.exists() {
            let why = format!("`{}` is there already; accepted: a new file", path.display());
            return Err(Stopped::Failed(Failure::new(why)));
        }
        let mut part = path.to_path_buf().into_os_string();
        part.push(".part");
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
        let written = self.write_and_sync(trail, file).await;
        match written {
            Ok(()) => Ok(fs::rename(part, path)?),
            Err(stopped) => {
                // What stopped it matters more than what is left of it.
                let _ = fs::remove_file(part);
                Err(stopped)
            }
        }
    }

    async fn write_and_sync(&self, trail: &dyn Trail, file: File) -> Result<(), Stopped> {
        let mut out = BufWriter::new(file);
        self.write(trail, &mut out).await?;
        Ok(out.get_ref().sync_all()?)
    }

    async fn write(&self, trail: &dyn Trail, out: &mut impl Write) -> Result<(), Stopped> {
        if self.format == Format::Csv {
            out.write_all(CSV_HEADER.as_bytes())?;
        }
        let tenants = match &self.filters.tenant {
            Some(tenant) => vec![tenant.clone()],
            None => trail.tenants().await.map_err(Failure::from)?,
        };
        let mut lines = Vec::new();
        for tenant in &tenants {
            for chain in self.filters.chain.map_or_else(|| CHAINS.to_vec(), |chain| vec![chain]) {
                let mut selected = self.filters.selection(chain).read(trail, tenant);
                while let Some(events) = selected.next().await.map_err(Failure::from)? {
                    lines.clear();
                    events.iter().try_for_each(|event| self.line(tenant, event, &mut lines))?;
                    out.write_all(&lines)?;
                }
            }
        }
        Ok(out.flush()?)
    }

    fn line(&self, tenant: &TenantId, event: &StoredEvent, out: &mut Vec<u8>) -> Result<(), Failure> {
        match self.format {
            Format::Jsonl => Ok(json_line(tenant, event, out)?),
            Format::Csv => {
                csv_line(tenant, event, out);
                Ok(())
            }
        }
    }
}

impl Filters {
    fn selection(&self, chain: Chain) -> Selection {
        let query = EventQuery {
            after: self.from.map(|from| from.saturating_sub(1)).filter(|after| *after > 0),
            kind: self.kind.clone(),
            service: self.service.clone(),
            deployment: self.deployment.clone(),
            release: self.release,
            run: self.run,
            ..EventQuery::of(chain)
        };
        Selection {
            to: self.to,
            actor: self.actor.clone(),
            since: self.since,
            until: self.until,
            ..Selection::of(query)
        }
    }
}

/// Why an export ended early.
enum Stopped {
    Out(io::Error),
    Failed(Failure),
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Out(error)
    }
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}
