//! `deploy.sh` and the front together.

use std::process::{Command, Output};

use sha2::{Digest as _, Sha256};

use super::Front;
use super::analysis::whole;
use super::server::{ARTIFACT, TRACK};
use super::state::StateDirectory;

struct Stage {
    front: Front,
    directory: tempfile::TempDir,
}

/// One rollout, as the command executor describes it to the script.
struct Rollout<'a> {
    stage: &'a Stage,
    attempt: &'a str,
    epoch: u64,
    strategy: &'a str,
    artifact: &'a str,
}

impl Stage {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let front = Front::start(StateDirectory::new(directory.path().join("state")), 0).expect("a front");
        Self { front, directory }
    }

    fn rollout<'a>(
        &'a self,
        attempt: &'a str,
        epoch: u64,
        strategy: &'a str,
        artifact: &'a str,
    ) -> Rollout<'a> {
        Rollout { stage: self, attempt, epoch, strategy, artifact }
    }

    fn page(&self) -> String {
        reqwest::blocking::get(self.front.url()).expect("an answer").text().expect("a page")
    }

    fn applies(&self) -> usize {
        let log = std::fs::read_to_string(self.front.state.path().join("applies.log")).expect("a log");
        log.lines().count()
    }
}

impl Rollout<'_> {
    fn run(&self, verb: &str, weight: u8) -> Output {
        let artifact = self.stage.directory.path().join("artifact");
        std::fs::write(&artifact, self.artifact).expect("written");
        Command::new("/bin/sh")
            .arg(crate::tool::root().join("examples/sample/deploy.sh"))
            .args([verb.as_ref(), self.stage.front.state.path().as_os_str()])
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("CICD_ARTIFACT_PATH", &artifact)
            .env("CICD_ARTIFACT_DIGEST", digest(self.artifact))
            .env("CICD_ATTEMPT_KEY", self.attempt)
            .env("CICD_EPOCH", self.epoch.to_string())
            .env("CICD_STRATEGY", self.strategy)
            .env("CICD_WEIGHT", weight.to_string())
            .output()
            .expect("sh starts")
    }

    fn does(&self, verb: &str) {
        self.does_at(verb, 0);
    }

    fn does_at(&self, verb: &str, weight: u8) {
        let output = self.run(verb, weight);
        assert!(output.status.success(), "{verb}: {output:?}");
    }

    fn is_refused(&self, verb: &str) {
        let output = self.run(verb, 50);
        assert!(String::from_utf8_lossy(&output.stderr).contains("refused: "), "{verb}: {output:?}");
        assert_eq!(output.status.code(), Some(1));
    }

    fn status(&self) -> String {
        let output = self.run("status", 0);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }
}

fn digest(text: &str) -> String {
    let hex: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

#[test]
fn a_rolling_rollout_replaces_the_page_and_undo_brings_it_back() {
    let stage = Stage::new();
    assert!(stage.page().contains("nothing is released"));
    stage.rollout("one", 1, "rolling", "first").does("apply");
    assert_eq!(stage.page(), "first");
    let second = stage.rollout("two", 2, "rolling", "second");
    assert!(second.status().starts_with("nothing of this attempt"));
    second.does("apply");
    assert!(second.status().starts_with("promoted"));
    assert_eq!(stage.page(), "second");
    second.does("undo");
    second.does("undo");
    assert!(second.status().starts_with("undone"));
    assert_eq!(stage.page(), "first");
}

#[test]
fn a_canary_gets_its_weight_and_is_promoted() {
    let stage = Stage::new();
    stage.rollout("one", 1, "rolling", "old").does("apply");
    let canary = stage.rollout("two", 2, "canary", "new");
    canary.does("apply");
    assert_eq!(stage.page(), "old");
    canary.does_at("set-weight", 20);
    assert!(canary.status().contains("at 20 %"));
    let hits = (0..100).filter(|_| stage.page() == "new").count();
    assert_eq!(hits, 20);
    canary.does("promote");
    canary.does("promote");
    assert_eq!(stage.page(), "new");
}

#[test]
fn repeats_and_whoever_lost_the_rollout_change_nothing() {
    let stage = Stage::new();
    let first = stage.rollout("one", 5, "canary", "page");
    first.does("apply");
    first.does("apply");
    assert_eq!(stage.applies(), 1);
    stage.rollout("one", 6, "canary", "page").does("apply");
    assert_eq!(stage.applies(), 1);
    for verb in ["apply", "set-weight", "promote", "undo"] {
        first.is_refused(verb);
    }
    stage.rollout("two", 5, "rolling", "other page").is_refused("apply");
    let second = stage.rollout("two", 7, "rolling", "other page");
    second.is_refused("promote");
    second.does("undo");
    second.does("apply");
    first.is_refused("apply");
    assert_eq!((stage.applies(), stage.page()), (2, "other page".to_owned()));
}

#[test]
fn an_artifact_that_is_not_its_digest_is_refused() {
    let stage = Stage::new();
    let rollout = stage.rollout("one", 1, "rolling", "page");
    rollout.does("apply");
    let output = Command::new("/bin/sh")
        .arg(crate::tool::root().join("examples/sample/deploy.sh"))
        .args(["apply".as_ref(), stage.front.state.path().as_os_str()])
        .env("CICD_ARTIFACT_PATH", stage.directory.path().join("artifact"))
        .env("CICD_ARTIFACT_DIGEST", digest("another page"))
        .env("CICD_ATTEMPT_KEY", "two")
        .env("CICD_EPOCH", "2")
        .env("CICD_STRATEGY", "rolling")
        .output()
        .expect("sh starts");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stage.page(), "page");
}

#[test]
fn the_analysis_sees_the_candidate_alone() {
    let stage = Stage::new();
    let url = stage.front.url();
    assert!(whole(&url).is_err(), "there is no candidate");
    stage.rollout("one", 1, "rolling", "whole").does("apply");
    stage.rollout("two", 2, "canary", "it is BROKEN").does("apply");
    assert!(!whole(&url).expect("an answer"));
    stage.rollout("three", 3, "canary", "whole again").does("apply");
    assert!(whole(&url).expect("an answer"));
    let client = reqwest::blocking::Client::new();
    let stable = client.get(&url).header(TRACK, "stable").send().expect("an answer");
    assert_eq!(stable.headers()[ARTIFACT], digest("whole").as_str());
}
