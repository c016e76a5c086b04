//! Gets a commit of a repository into a workspace. git is a child like any other, with the attempt's rights.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use cicd_core::ci::{CommitSha, Repository};
use cicd_core::port::Stop;
use tokio::io::AsyncWriteExt as _;

use super::executor::Shared;
use super::log::Log;
use super::runner::{Ended, run};
use super::workspace::{Workspace, blocking};

/// Why there is no source.
#[derive(Debug)]
pub(super) enum NoSource {
    /// What git said.
    Refused(String),
    Stopped,
    Failed(io::Error),
}

/// Gets `commit` of `repository` into the directory `source` of `workspace`, and gives that.
///
/// The commit is asked for by its id; a server that refuses that is asked for everything. Submodules are not fetched, hooks of
/// the repository are not run.
pub(super) async fn check_out(
    shared: &Shared,
    workspace: &Workspace,
    (repository, commit): (&Repository, &CommitSha),
    log: &mut Log,
    stop: &Stop,
) -> Result<PathBuf, NoSource> {
    let source = workspace.directory("source").map_err(NoSource::Failed)?;
    let environment = environment(shared, workspace, repository).await.map_err(NoSource::Failed)?;
    let mut git = Git { shared, workspace, log, stop, source: &source, environment };
    let format = if commit.as_str().len() == 64 { "sha256" } else { "sha1" };
    git.needs(&["init", "--quiet", "--template=", &format!("--object-format={format}")]).await?;
    let fetch = ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules"];
    let by_id = [&fetch[..], &["--depth=1", "--", repository.as_str(), commit.as_str()]].concat();
    if !git.does(&by_id).await? {
        git.log.note("the commit can't be fetched by its id; fetching all branches and tags");
        let refs = ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"];
        let all = [&fetch[..], &["--", repository.as_str()], &refs].concat();
        git.needs(&all).await?;
    }
    git.needs(&["checkout", "--quiet", "--detach", commit.as_str()]).await?;
    verify(&source, commit).await?;
    Ok(source)
}

struct Git<'a> {
    shared: &'a Shared,
    workspace: &'a Workspace,
    log: &'a mut Log,
    stop: &'a Stop,
    source: &'a Path,
    environment: BTreeMap<String, String>,
}

impl Git<'_> {
    /// Runs git and tells whether it did what it was asked to.
    async fn does(&mut self, arguments: &[&str]) -> Result<bool, NoSource> {
        let local = if self.shared.config.allow_local_repositories { "always" } else { "never" };
        let file = format!("protocol.file.allow={local}");
        let settings = ["protocol.ext.allow=never", &file, "core.hooksPath=/dev/null", "gc.auto=0"];
        let settings = settings.iter().flat_map(|setting| ["-c", setting]);
        let argv = std::iter::once("git").chain(settings).chain(arguments.iter().copied());
        let mut call = self.shared.call(self.workspace, argv.map(str::to_owned).collect(), self.source);
        call.environment.extend(self.environment.clone());
        call.timeout = self.shared.config.git_timeout;
        self.log.begin_output();
        match run(self.workspace, &call, self.log, self.stop).await.map_err(NoSource::Failed)? {
            Ended::Exited(code) => Ok(code == 0),
            Ended::Cancelled => Err(NoSource::Stopped),
            other => Err(NoSource::Refused(format!("git {other}"))),
        }
    }

    async fn needs(&mut self, arguments: &[&str]) -> Result<(), NoSource> {
        if self.does(arguments).await? {
            Ok(())
        } else {
            Err(NoSource::Refused(self.log.line_with("fatal: ")))
        }
    }
}

async fn environment(
    shared: &Shared,
    workspace: &Workspace,
    repository: &Repository,
) -> io::Result<BTreeMap<String, String>> {
    let mut global = "/dev/null".to_owned();
    if repository.is_local() && shared.config.allow_local_repositories {
        // git refuses repositories of another user; this one was allowed by the host's config.
        let path = workspace.root().join("gitconfig");
        global = path.to_string_lossy().into_owned();
        let mut file = workspace.file("gitconfig").await?;
        file.write_all(b"[safe]\n\tdirectory = *\n").await?;
        file.flush().await?;
    }
    let fixed = [("GIT_TERMINAL_PROMPT", "0"), ("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", &global)];
    let mut environment = BTreeMap::from(fixed.map(|(name, value)| (name.to_owned(), value.to_owned())));
    environment.extend(shared.config.git_environment.clone());
    Ok(environment)
}

/// Nothing but git has written to `source` yet: what its head says is what is checked out.
async fn verify(source: &Path, commit: &CommitSha) -> Result<(), NoSource> {
    let head = source.join(".git/HEAD");
    let head = blocking(move || std::fs::read_to_string(head)).await.map_err(NoSource::Failed)?;
    if head.trim_end() == commit.as_str() {
        Ok(())
    } else {
        Err(NoSource::Refused(format!("`{}` was checked out instead of `{commit}`", head.trim_end())))
    }
}
