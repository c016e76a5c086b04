//! The pages in `web/`: their dependencies, types, style, tests, build and size.

use crate::failure::Failure;
use crate::tool;

/// The oldest Node.js that the pages are built by.
const OLDEST: (u32, u32) = (20, 19);

/// The scripts of `web/package.json`, in the order in which the cheaper ones fail first.
const SCRIPTS: &[&str] = &["types:check", "lint", "typecheck", "test", "build"];

/// Installs what the lock names and runs every check of the pages.
pub(super) fn check() -> Result<String, Failure> {
    node()?;
    let mut printed = npm(&["ci", "--no-audit", "--no-fund"])?;
    for script in SCRIPTS {
        printed.push_str(&npm(&["run", script])?);
    }
    Ok(printed)
}

fn npm(arguments: &[&str]) -> Result<String, Failure> {
    let mut command = tool::program("npm", arguments);
    tool::output(command.current_dir(tool::root().join("web")).env("NO_COLOR", "1"))
}

/// Fails, and says what to install, where Node.js is missing or too old.
fn node() -> Result<(), Failure> {
    let found = tool::stdout(&mut tool::program("node", &["--version"])).unwrap_or_default();
    let (major, minor) = OLDEST;
    if version(&found).is_some_and(|found| found >= OLDEST) && tool::works("npm", &["--version"]) {
        return Ok(());
    }
    let found = if found.is_empty() { "none" } else { found.trim() };
    Err(Failure::new(format!("install Node.js {major}.{minor} or newer with npm; found: {found}")))
}

/// The first two numbers of a text like `v20.19.2`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().strip_prefix('v')?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        assert_eq!(version("v20.19.2\n"), Some((20, 19)));
        assert!(version("v18.20.4").is_some_and(|found| found < OLDEST));
        assert!(version("v24.0.1").is_some_and(|found| found >= OLDEST));
        assert_eq!(version(""), None);
        assert_eq!(version("20.19.2"), None);
    }
}
