//! The sample's git repository: real, and made on this machine.

use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::tool;

/// Stands in the page where a version says what it is.
const HEADING: &str = "Lighthouse, first light";

/// A git repository with a site in its work tree.
pub(crate) struct Repository(PathBuf);

impl Repository {
    /// Makes a repository of the files in `path`, with one commit on `main`.
    pub(crate) fn init(path: PathBuf) -> Result<Self, Failure> {
        let repository = Self(path);
        repository.git(&["init", "--quiet", "--initial-branch=main"])?;
        repository.commit("Light the lamp")?;
        Ok(repository)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Commits the site with `heading` on its page.
    pub(crate) fn change(&self, heading: &str, message: &str) -> Result<(), Failure> {
        let page = self.0.join("pages/index.html");
        let original = std::fs::read_to_string(tool::root().join("examples/sample/site/pages/index.html"))?;
        std::fs::write(page, original.replace(HEADING, heading))?;
        self.commit(message)
    }

    /// The last commit.
    pub(crate) fn head(&self) -> Result<String, Failure> {
        Ok(self.git(&["rev-parse", "HEAD"])?.trim().to_owned())
    }

    fn commit(&self, message: &str) -> Result<(), Failure> {
        self.git(&["add", "--all"])?;
        self.git(&["commit", "--quiet", "--message", message]).map(drop)
    }

    /// Runs git with a name of its own, whatever this machine's git is set to.
    fn git(&self, arguments: &[&str]) -> Result<String, Failure> {
        let mut command = tool::program("git", &["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]);
        command.args(arguments).current_dir(&self.0);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        tool::stdout(&mut command)
    }
}
