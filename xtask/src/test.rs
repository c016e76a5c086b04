//! `cargo xtask test`: everything that CI checks.

mod licences;
mod packages;

use crate::failure::Failure;
use crate::pages;
use crate::report::Report;
use crate::{debian, tool, wasm};

/// Does the checks whose name contains `filter`, prints a line per step, and fails when a step failed.
pub(crate) fn run(filter: Option<String>) -> Result<(), Failure> {
    let mut report = Report::new(filter);
    lints(&mut report);
    report.step("debian packages", debian::packages);
    report.step("rules in the browser", wasm::check);
    report.step("pages", pages::check);
    report.step("the pages in a browser", || {
        tool::output(&mut tool::cargo(&["run", "--quiet", "--package", "xtask", "--", "browse"]))
    });
    report.step("tests", || {
        tool::output(&mut tool::cargo(&[
            "test",
            "--workspace",
            // It has none, and is built already with features of its own.
            "--exclude",
            "cicd-wasm-bindgen",
            "--all-features",
            "--no-fail-fast",
            "--quiet",
        ]))
    });
    // With the same packages and features as the step before, so that nothing is built anew.
    report.step("schemathesis", || {
        tool::output(&mut tool::cargo(&[
            "test",
            "--workspace",
            "--exclude",
            "cicd-wasm-bindgen",
            "--all-features",
            "--test",
            "schemathesis",
            "--quiet",
        ]))
    });
    report.step("docs", docs);
    // By cargo: the steps before this one may have built this program anew, so that its own path is gone.
    report.step("the sample's story", || {
        tool::output(&mut tool::cargo(&["run", "--quiet", "--package", "xtask", "--", "run", "--script"]))
    });
    report.step("licences, bans, sources", licences::check);
    report.step("packages", packages::check);
    report.finish()
}

fn lints(report: &mut Report) {
    report.step("format", || tool::output(&mut tool::cargo(&["fmt", "--all", "--check"])));
    report.step("clippy", || clippy(&["--workspace", "--all-targets", "--all-features"]));
    report
        .step("clippy, cicd-core without features", || clippy(&["-p", "cicd-core", "--no-default-features"]));
    report.step("clippy, cicd-http without features", || {
        clippy(&["-p", "cicd-http", "--lib", "--no-default-features"])
    });
}

fn clippy(selection: &[&str]) -> Result<String, Failure> {
    let mut command = tool::cargo(&["clippy", "--quiet"]);
    tool::output(command.args(selection).args(["--", "-D", "warnings"]))
}

fn docs() -> Result<String, Failure> {
    let mut command = tool::cargo(&["doc", "--workspace", "--all-features", "--no-deps", "--quiet"]);
    tool::output(command.env("RUSTDOCFLAGS", "-D warnings"))
}
