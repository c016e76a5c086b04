//! Programs that project commands call and that Debian's packages bring.

use std::path::Path;

use crate::failure::Failure;
use crate::tool;

/// A program, how to find it, and the package that brings it.
struct Needed {
    is_there: fn() -> bool,
    package: &'static str,
}

const PYTHON: Needed = Needed { is_there: has_python, package: "python3-venv" };

/// What the tests call.
const TESTED_BY: &[Needed] = &[
    Needed { is_there: has_postgres, package: "postgresql" },
    PYTHON,
    Needed { is_there: has_redis, package: "redis-server" },
    Needed { is_there: has_chromium, package: "chromium" },
];

/// Installs what the tests call, as root; says in one line what to install otherwise.
pub(crate) fn packages() -> Result<String, Failure> {
    install(TESTED_BY)
}

/// Installs a Python that makes environments with a `pip` of their own, as root; says in one line what to install otherwise.
pub(crate) fn python() -> Result<String, Failure> {
    install(&[PYTHON])
}

fn install(needed: &[Needed]) -> Result<String, Failure> {
    let missing: Vec<_> =
        needed.iter().filter(|needed| !(needed.is_there)()).map(|needed| needed.package).collect();
    if missing.is_empty() {
        return Ok(String::new());
    }
    let names = missing.join(" ");
    if !is_root() || !tool::works("apt-get", &["--version"]) {
        return Err(Failure::new(format!("install {names}: `sudo apt-get install {names}`")));
    }
    tool::output(&mut tool::program("apt-get", &["update", "-q"]))?;
    let mut install = tool::program("apt-get", &["install", "-y", "-q", "--no-install-recommends"]);
    tool::output(install.args(&missing).env("DEBIAN_FRONTEND", "noninteractive"))
}

fn is_root() -> bool {
    tool::stdout(&mut tool::program("id", &["-u"])).is_ok_and(|id| id.trim() == "0")
}

/// Whether a server of our own can be started, or one is given.
fn has_postgres() -> bool {
    let installed = Path::new("/usr/lib/postgresql").read_dir().into_iter().flatten().flatten();
    std::env::var_os("CICD_TEST_POSTGRES").is_some()
        || installed.map(|entry| entry.path().join("bin/initdb")).any(|program| program.exists())
        || tool::works("initdb", &["--version"])
}

/// Whether Python can make an environment with a `pip` of its own.
fn has_python() -> bool {
    tool::works("python3", &["-m", "ensurepip", "--version"])
}

/// Whether a Redis of our own can be started.
fn has_redis() -> bool {
    tool::works("redis-server", &["--version"])
}

/// Whether pages can be opened in a Chromium.
fn has_chromium() -> bool {
    std::env::var_os("CICD_CHROMIUM").is_some() || Path::new("/usr/bin/chromium").exists()
}
