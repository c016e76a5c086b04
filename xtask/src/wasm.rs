//! The npm package of `cicd-wasm/npm`: the module that a page loads, and the size of it all.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Context as _, Failure};
use crate::{node, tool};

/// What the browser runs.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// What the compiler makes of the rules.
const MODULE: &str = "cicd_wasm.wasm";

/// The most bytes that a page may load to ask the rules, gzipped.
const MOST_BYTES: u64 = 120 * 1024;

/// The checks of `cicd-wasm/package.json`, in the order in which the cheaper ones fail first.
const CHECKS: &[&str] = &["types:check", "typecheck", "lint:package", "test"];

/// Where the package lies.
pub(crate) fn package() -> PathBuf {
    tool::root().join("cicd-wasm/npm")
}

/// Builds the package, and fails where it is too large. Every tool is one that a lock file pins.
pub(crate) fn build() -> Result<String, Failure> {
    let mut printed = node::prepare()?;
    printed.push_str(&target()?);
    let arguments = ["rustc", "--quiet", "-p", "cicd-wasm", "--lib", "--crate-type", "cdylib"];
    printed.push_str(&tool::output(tool::cargo(&arguments).args([
        "--profile",
        "wasm",
        "--target",
        TARGET,
        "--locked",
    ]))?);
    let built = tool::target().join(TARGET).join("wasm");
    printed.push_str(&bound(&built.join(MODULE))?);
    // Cargo names this module alike for every checkout that builds here, and would give another one this one's.
    if !tool::target().starts_with(tool::root()) {
        for copy in [built.join(MODULE), built.join("deps").join(MODULE)] {
            fs::remove_file(copy)?;
        }
    }
    Ok(printed + &within(loaded()?)?)
}

/// Builds the package, and holds it against the rules of this build, of npm, of TypeScript, and of the API's document.
pub(crate) fn check() -> Result<String, Failure> {
    let mut printed = build()?;
    printed.push_str(&npm(&["ci", "--no-audit", "--no-fund"])?);
    for script in CHECKS {
        printed.push_str(&npm(&["run", script])?);
    }
    let compared = ["test", "--quiet", "-p", "cicd-wasm", "--test", "wasm", "--", "--nocapture"];
    Ok(printed + &tool::output(&mut tool::cargo(&compared))?)
}

/// Measures how long a page takes from nothing to its first validation.
pub(crate) fn measure() -> Result<(), Failure> {
    print!("{}", build()?);
    npm(&["ci", "--no-audit", "--no-fund"])?;
    tool::visibly(&mut tool::program("node", &["cicd-wasm/tools/bench.js"]))
}

fn npm(arguments: &[&str]) -> Result<String, Failure> {
    let mut command = tool::program("npm", arguments);
    tool::output(command.current_dir(tool::root().join("cicd-wasm")).env("NO_COLOR", "1"))
}

/// Adds the browser's target with rustup where the compiler lacks it, however the compiler was installed.
fn target() -> Result<String, Failure> {
    let library =
        tool::stdout(&mut tool::program("rustc", &["--print", "target-libdir", "--target", TARGET]));
    if library.is_ok_and(|directory| Path::new(directory.trim()).is_dir()) {
        return Ok(String::new());
    }
    tool::output(&mut tool::program("rustup", &["target", "add", TARGET]))
}

/// Writes the module and the script that calls it to the package.
fn bound(module: &Path) -> Result<String, Failure> {
    let mut command = tool::cargo(&["run", "--quiet", "--locked", "-p", "cicd-wasm-bindgen", "--"]);
    tool::output(command.arg(module).arg(package().join("dist")))
}

/// The bytes that a page loads.
fn loaded() -> Result<u64, Failure> {
    let printed = tool::stdout(&mut tool::program("node", &["cicd-wasm/tools/size.js"]))?;
    printed.trim().parse().context(|| format!("`{}` is no number of bytes", printed.trim()))
}

fn within(bytes: u64) -> Result<String, Failure> {
    let told = format!("cicd-wasm: a page loads {bytes} bytes, gzipped; at most {MOST_BYTES}\n");
    if bytes > MOST_BYTES { Err(Failure::new(told)) } else { Ok(told) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_fails() {
        assert!(within(MOST_BYTES).is_ok());
        let failure = within(MOST_BYTES + 1).unwrap_err().to_string();
        assert_eq!(failure, "cicd-wasm: a page loads 122881 bytes, gzipped; at most 122880\n");
    }
}
