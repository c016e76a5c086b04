//! The pages in `web/`: their dependencies, types, style, tests, build and size; and where the host takes them from.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::failure::Failure;
use crate::{tool, wasm};

/// The checks of `web/package.json`, in the order in which the cheaper ones fail first.
const CHECKS: &[&str] = &["types:check", "lint", "typecheck", "test"];

/// Where the feature `ui` of `cicd-http` takes the pages from.
const EMBEDDED: &str = "cicd-http/ui-dist";

/// Installs what the lock names, runs every check of the pages, and builds them. They ask the rules of `cicd-wasm`, which are built first.
pub(crate) fn check() -> Result<String, Failure> {
    let mut printed = wasm::build()?;
    printed.push_str(&npm(&["ci", "--no-audit", "--no-fund"])?);
    for script in CHECKS {
        printed.push_str(&npm(&["run", script])?);
    }
    printed.push_str(&built()?);
    Ok(printed)
}

/// Builds the pages for the next build of the host. What the lock names is installed where it is not.
pub(crate) fn build() -> Result<(), Failure> {
    wasm::build()?;
    if !is_installed() {
        npm(&["ci", "--no-audit", "--no-fund"])?;
    }
    built().map(drop)
}

/// Runs `script` in a browser against the host at `base`, whose files are in `place`. Its screenshots go to `target/screenshots`.
pub(crate) fn against(base: &str, place: &Path, script: &str) -> Result<String, Failure> {
    let mut command = npm_command(&["run", script]);
    command.env("CICD_HOST", base).env("CICD_PLACE", place);
    tool::output(command.env("CICD_SCREENSHOTS", tool::target().join("screenshots")))
}

fn built() -> Result<String, Failure> {
    let printed = npm(&["run", "build"])?;
    let embedded = tool::root().join(EMBEDDED);
    for entry in fs::read_dir(&embedded)? {
        let path = entry?.path();
        let is_kept = path.file_name().is_some_and(|name| name == ".gitignore");
        match path.is_dir() {
            true => fs::remove_dir_all(&path)?,
            false if is_kept => {}
            false => fs::remove_file(&path)?,
        }
    }
    copy(&tool::root().join("web/dist"), &embedded)?;
    Ok(printed)
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &target)?;
        } else {
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}

/// Whether what is installed is what the lock names.
fn is_installed() -> bool {
    let web = tool::root().join("web");
    let changed = |path: &str| fs::metadata(web.join(path)).and_then(|found| found.modified()).ok();
    let installed = changed("node_modules/.package-lock.json");
    installed.is_some() && installed >= changed("package-lock.json")
}

fn npm(arguments: &[&str]) -> Result<String, Failure> {
    tool::output(&mut npm_command(arguments))
}

fn npm_command(arguments: &[&str]) -> Command {
    let mut command = tool::program("npm", arguments);
    command.current_dir(tool::root().join("web")).env("NO_COLOR", "1");
    command
}
