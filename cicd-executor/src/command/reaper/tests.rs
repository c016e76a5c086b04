//! Real processes, and records that are true or no longer are.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command};

use tempfile::TempDir;

use super::*;

/// A process that lives until it is killed, in a group of its own.
pub(crate) struct Sleeper(Child);

impl Sleeper {
    pub(crate) fn new(mark: &str) -> Self {
        Self(Command::new("sleep").arg("1000").env("CICD_MARK", mark).process_group(0).spawn().unwrap())
    }

    fn pid(&self) -> i32 {
        i32::try_from(self.0.id()).unwrap()
    }

    pub(crate) fn record(&self, reaper: &Reaper, name: &str) -> Recorded {
        reaper.record(name, self.pid(), None, "CICD_MARK=nobody".to_owned()).unwrap()
    }

    pub(crate) fn alive(&self) -> bool {
        proc::process(self.pid()).is_some_and(|process| process.alive())
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn reaper() -> (TempDir, Reaper) {
    let directory = tempfile::tempdir().unwrap();
    let reaper = Reaper::new(directory.path().to_owned()).unwrap();
    (directory, reaper)
}

fn records(directory: &TempDir) -> usize {
    fs::read_dir(directory.path()).unwrap().count()
}

#[test]
fn an_owner_s_processes_are_killed_and_no_one_else_s() {
    let (directory, reaper) = reaper();
    let (ours, theirs) = (Sleeper::new("a"), Sleeper::new("b"));
    ours.record(&reaper, "run-1.0");
    theirs.record(&reaper, "run-12.0");
    reaper.reap_owner("run-1").unwrap();
    assert!(!ours.alive() && theirs.alive());
    assert_eq!(records(&directory), 1);
    reaper.reap_all().unwrap();
    assert!(!theirs.alive());
    assert_eq!(records(&directory), 0);
}

#[test]
fn a_process_that_left_its_group_is_found_by_its_mark() {
    let (directory, reaper) = reaper();
    let (leader, escaped) = (Sleeper::new("x"), Sleeper::new("the-mark"));
    let recorded = reaper.record("run-1.0", leader.pid(), None, "CICD_MARK=the-mark".to_owned()).unwrap();
    reaper.settle(&recorded).unwrap();
    assert!(!leader.alive() && !escaped.alive());
    assert_eq!(records(&directory), 0);
}

/// Changes one field of a record, as if time had passed.
fn alter(directory: &TempDir, change: impl FnOnce(&mut Record)) {
    let file = directory.path().join("run-1.0.json");
    let mut record: Record = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    change(&mut record);
    fs::write(&file, serde_json::to_vec(&record).unwrap()).unwrap();
}

#[test]
fn a_later_process_with_the_same_number_is_left_alone() {
    let (directory, reaper) = reaper();
    let later = Sleeper::new("a");
    later.record(&reaper, "run-1.0");
    alter(&directory, |record| record.started -= 1);
    reaper.reap_all().unwrap();
    assert!(later.alive());
    assert_eq!(records(&directory), 0);
}

#[test]
fn a_record_of_another_boot_names_nobody() {
    let (directory, reaper) = reaper();
    let later = Sleeper::new("nobody");
    later.record(&reaper, "run-1.0");
    alter(&directory, |record| record.boot_id = "another".to_owned());
    reaper.reap_all().unwrap();
    assert!(later.alive());
    assert_eq!(records(&directory), 0);
}

#[test]
fn a_record_that_was_cut_names_nobody() {
    let (directory, reaper) = reaper();
    fs::write(directory.path().join("run-1.0.new"), b"{\"boot_id\":").unwrap();
    reaper.reap_all().unwrap();
    assert_eq!(records(&directory), 0);
}
