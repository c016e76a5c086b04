//! The watchdog's own loop, with real processes to end.

use std::io::PipeReader;
use std::time::Instant;

use tempfile::TempDir;

use super::super::reaper::tests::Sleeper;
use super::super::testing::PATIENCE;
use super::*;

/// Far longer than a beat takes to arrive.
const SILENCE: Duration = Duration::from_millis(500);

struct Watched {
    directory: TempDir,
    reaper: Reaper,
    sleeper: Sleeper,
}

impl Watched {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let reaper = Reaper::new(directory.path().to_owned()).unwrap();
        let sleeper = Sleeper::new("watched");
        sleeper.record(&reaper, "run-1.0");
        Self { directory, reaper, sleeper }
    }

    fn watch_as(&self, name: &str, beats: PipeReader) -> thread::JoinHandle<io::Result<()>> {
        let (directory, name) = (self.directory.path().to_owned(), name.to_owned());
        thread::spawn(move || watch(&directory, &name, SILENCE, beats))
    }

    fn watch(&self, beats: PipeReader) -> thread::JoinHandle<io::Result<()>> {
        self.watch_as(self.reaper.host(), beats)
    }

    fn until_dead(&self) {
        let since = Instant::now();
        while self.sleeper.alive() {
            assert!(since.elapsed() < PATIENCE, "the command lives on");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

#[test]
fn commands_of_a_silent_host_are_ended_and_it_is_heard_again() {
    let watched = Watched::new();
    let (input, mut beats) = io::pipe().unwrap();
    let watching = watched.watch(input);
    watched.until_dead();
    let next = Sleeper::new("next");
    beats.write_all(b".").unwrap();
    next.record(&watched.reaper, "run-2.0");
    assert!(next.alive() && !watching.is_finished());
    drop(beats);
    watching.join().unwrap().unwrap();
    assert!(!next.alive(), "and the end of the host ends what it has begun since");
}

#[test]
fn commands_of_a_host_that_is_heard_go_on() {
    let watched = Watched::new();
    let (input, mut beats) = io::pipe().unwrap();
    let watching = watched.watch(input);
    for _ in 0..20 {
        beats.write_all(b".").unwrap();
        thread::sleep(SILENCE / 10);
    }
    assert!(watched.sleeper.alive(), "four times the silence went by, and it was never silent");
    drop(beats);
    watching.join().unwrap().unwrap();
    assert!(!watched.sleeper.alive());
}

#[test]
fn another_host_in_the_same_directory_is_left_alone() {
    let watched = Watched::new();
    let (input, beats) = io::pipe().unwrap();
    drop(beats);
    watched.watch_as("an-earlier-one", input).join().unwrap().unwrap();
    assert!(watched.sleeper.alive());
}

#[test]
fn a_watchdog_that_ends_is_begun_anew_and_the_last_one_ends_with_the_host() {
    let directory = tempfile::tempdir().unwrap();
    let notes = directory.path().join("notes");
    let script = format!("echo $$ >> {}; exec cat", notes.display());
    let command = ["/bin/sh", "-c", &script, "watchdog"].map(OsString::from).to_vec();
    let heartbeat =
        Heartbeat::begin(Watchdog { command, silence: SILENCE }, directory.path(), "host").unwrap();
    let pids = || super::super::testing::numbers(&std::fs::read_to_string(&notes).unwrap_or_default());
    let until = |done: &dyn Fn() -> bool| {
        let since = Instant::now();
        while !done() {
            assert!(since.elapsed() < PATIENCE);
            thread::sleep(Duration::from_millis(10));
        }
    };
    until(&|| pids().len() == 1);
    let first = rustix::process::Pid::from_raw(pids()[0]).unwrap();
    rustix::process::kill_process(first, rustix::process::Signal::KILL).unwrap();
    until(&|| pids().len() == 2);
    drop(heartbeat);
    until(&|| !super::super::testing::runs(pids()[1]));
}
