//! The pure domain in the browser: `cicd-core` without features for `wasm32-unknown-unknown`.

use crate::report::Report;
use crate::tool;

const TARGET: &str = "wasm32-unknown-unknown";
const NAME: &str = "wasm32 build of cicd-core";

/// Builds the core for the browser; adds the target with rustup when it is missing.
pub(super) fn step(report: &mut Report) {
    if report.includes(NAME) && !installed() && !tool::works("rustup", &["target", "add", TARGET]) {
        return report.skip(NAME, &format!("left out: `rustup target add {TARGET}` failed"));
    }
    report.step(NAME, || {
        tool::output(&mut tool::cargo(&[
            "build",
            "--quiet",
            "-p",
            "cicd-core",
            "--no-default-features",
            "--target",
            TARGET,
        ]))
    });
}

/// Whether the compiler in use has the target's standard library, however it was installed.
fn installed() -> bool {
    tool::stdout(&mut tool::program("rustc", &["--print", "target-libdir", "--target", TARGET]))
        .is_ok_and(|directory| std::path::Path::new(directory.trim()).is_dir())
}
