//! The programs that project commands call: cargo, git, rustup, npm.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::{Context as _, Failure};
use crate::node;

/// Where the workspace begins.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}
/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |set| root().join(set))
}

/// `cargo` with `arguments`, begun at the workspace root.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = program(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()), arguments);
    command.env("CARGO_TERM_COLOR", "never");
    // The outer `cargo run` describes this package in the environment; build scripts that look there would rebuild.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    command
}

/// `name` with `arguments`, begun at the workspace root without standard input.
pub(crate) fn program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).current_dir(root()).stdin(Stdio::null());
    if let Some(path) = node::path() {
        command.env("PATH", path);
    }
    command
}

/// Runs `command` to its end and returns what it printed, standard output and error in their order.
pub(crate) fn output(command: &mut Command) -> Result<String, Failure> {
    let shown = shown(command);
    let (mut reader, writer) = std::io::pipe()?;
    let error_writer = writer.try_clone()?;
    let mut child = command.stdout(writer).stderr(error_writer).spawn().context(|| format!("`{shown}`"))?;
    // The command keeps its own copies of the writing ends: the pipe ends only once they are closed.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut printed = Vec::new();
    reader.read_to_end(&mut printed)?;
    let status = child.wait()?;
    let printed = String::from_utf8_lossy(&printed).into_owned();
    if status.success() { Ok(printed) } else { Err(Failure::new(format!("{printed}\n`{shown}`: {status}"))) }
}

/// Runs `command` to its end; what it prints is seen at once.
pub(crate) fn visibly(command: &mut Command) -> Result<(), Failure> {
    let shown = shown(command);
    let status = command.status().context(|| format!("`{shown}`"))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("`{shown}`: {status}"))) }
}

/// Runs `command` to its end and returns its standard output alone.
pub(crate) fn stdout(command: &mut Command) -> Result<String, Failure> {
    let shown = shown(command);
    let output = command.output().context(|| format!("`{shown}`"))?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::new(format!("{error}\n`{shown}`: {}", output.status)));
    }
    String::from_utf8(output.stdout).context(|| format!("`{shown}`"))
}

/// The commit that is checked out, and whether the tree differs from it.
pub(crate) fn head() -> Result<String, Failure> {
    let describe = stdout(&mut program("git", &["describe", "--always", "--dirty", "--abbrev=12"]))?;
    Ok(describe.trim().to_owned())
}

/// Whether `name` starts and succeeds with `arguments`.
pub(crate) fn works(name: &str, arguments: &[&str]) -> bool {
    program(name, arguments).output().is_ok_and(|output| output.status.success())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}
