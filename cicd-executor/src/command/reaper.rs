//! Kills what earlier attempts left running, also those of a host that died.
//!
//! Before a child's command begins, a record of its process group is written; it is removed when all of it is dead. A record that
//! is found later names processes that nobody watches any more. They are found by three marks, each of which outlives the
//! loss of the others:
//!
//! - the process group, as long as its leader is the recorded process, or gone;
//! - the user, where an attempt has one to itself ([`Isolation::RunAs`](super::Isolation::RunAs)): nothing escapes that;
//! - the attempt key in the environment: what left the group by `setsid` still has it, unless it cleared its environment.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use serde::{Deserialize, Serialize};

use super::proc::{self, Process};

/// How often a set of processes is asked to die before it counts as unkillable.
const ROUNDS: u32 = 500;
const PAUSE: Duration = Duration::from_millis(10);

/// The records of running attempts, one file each, in a directory that only the host may read.
#[derive(Debug)]
pub(crate) struct Reaper {
    directory: PathBuf,
    boot_id: String,
    host: String,
}

/// One process group that was begun, and how to find what it left behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    boot_id: String,
    /// Who began it: an executor, named anew at each start. Records of before they had one have none.
    #[serde(default)]
    host: Option<String>,
    group: i32,
    started: u64,
    /// The user that runs nothing but this attempt; `None` where it shares its user with others.
    user: Option<u32>,
    /// `NAME=value` in the environment of all processes of this attempt.
    mark: String,
}

/// The file of a [`Record`]; it stays until [`Reaper::settle`].
#[derive(Debug)]
pub(crate) struct Recorded {
    file: PathBuf,
    record: Record,
}

impl Reaper {
    /// Keeps its records in `directory`, which exists, under a name that no other one has.
    pub(crate) fn new(directory: PathBuf) -> io::Result<Self> {
        Self::of_host(directory, proc::nonce()?)
    }

    /// Knows the records in `directory` that `host` keeps.
    pub(crate) fn of_host(directory: PathBuf, host: String) -> io::Result<Self> {
        Ok(Self { directory, boot_id: proc::boot_id()?, host })
    }

    /// Where the records are.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The name that records are kept under.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Records the group `group` under `name`, whose part before the first `.` is the owner.
    pub(crate) fn record(
        &self,
        name: &str,
        group: i32,
        user: Option<u32>,
        mark: String,
    ) -> io::Result<Recorded> {
        let leader =
            proc::process(group).ok_or_else(|| io::Error::other("the child ended before it began"))?;
        let (boot_id, host) = (self.boot_id.clone(), Some(self.host.clone()));
        let record = Record { boot_id, host, group, started: leader.started, user, mark };
        let file = self.directory.join(format!("{name}.json"));
        let unfinished = self.directory.join(format!("{name}.new"));
        fs::write(&unfinished, serde_json::to_vec(&record)?)?;
        fs::rename(&unfinished, &file)?;
        Ok(Recorded { file, record })
    }

    /// Kills all that `recorded` names, waits until it is gone, and removes the record; gives whether there still was one.
    ///
    /// # Errors
    /// When something of it can't be killed; the record then stays.
    pub(crate) fn settle(&self, recorded: &Recorded) -> io::Result<bool> {
        self.kill(&recorded.record)?;
        remove(&recorded.file)
    }

    /// Does the same for every record of `owner`.
    pub(crate) fn reap_owner(&self, owner: &str) -> io::Result<()> {
        self.reap(|name| name.split('.').next() == Some(owner))
    }

    /// Does the same for every record there is: the host has just started.
    pub(crate) fn reap_all(&self) -> io::Result<()> {
        self.reap(|_| true)
    }

    /// Does the same for every record under the host's own name; gives how many there were.
    pub(crate) fn reap_host(&self) -> io::Result<usize> {
        let mut reaped = 0;
        for entry in fs::read_dir(&self.directory)? {
            let file = entry?.path();
            let Some(record) = read(&file)? else { continue };
            if record.host.as_ref() != Some(&self.host) {
                continue;
            }
            // Its host may wake up while its processes die, and is to find that they were killed.
            let taken = file.with_extension("taken");
            if is_there(fs::rename(&file, &taken))? {
                self.kill(&record)?;
                remove(&taken)?;
                reaped += 1;
            }
        }
        Ok(reaped)
    }

    fn reap(&self, wanted: impl Fn(&str) -> bool) -> io::Result<()> {
        for entry in fs::read_dir(&self.directory)? {
            let file = entry?.path();
            if !file.file_name().and_then(|name| name.to_str()).is_some_and(&wanted) {
                continue;
            }
            // A file that is no record is one whose writing was cut: its child never was told to begin.
            if let Some(record) = read(&file)? {
                self.kill(&record)?;
            }
            remove(&file)?;
        }
        Ok(())
    }

    fn kill(&self, record: &Record) -> io::Result<()> {
        if record.boot_id != self.boot_id {
            return Ok(());
        }
        kill_all(|processes| record.find(processes))
    }
}

impl Record {
    fn find(&self, processes: &[Process]) -> Vec<Process> {
        // A number is given out again only when the group is empty: another process with the leader's number means that it was.
        let group_is_ours = processes
            .iter()
            .find(|process| process.pid == self.group)
            .is_none_or(|leader| leader.started == self.started);
        let ours = |process: &&Process| {
            process.started >= self.started
                && (process.group == self.group && group_is_ours && self.user_fits(process)
                    || self.user.is_some() && self.user == process.user()
                    || process.has_environment(&self.mark))
        };
        processes.iter().filter(|process| process.alive()).filter(ours).copied().collect()
    }

    /// The leader itself may still be the host's user, on its way to the attempt's.
    fn user_fits(&self, process: &Process) -> bool {
        process.pid == self.group || self.user.is_none_or(|user| process.user() == Some(user))
    }
}

/// Kills every process that runs as `user`, which belongs to attempts alone.
pub(crate) fn kill_user(user: u32) -> io::Result<()> {
    kill_all(|processes| {
        let ours = |process: &&Process| process.alive() && process.user() == Some(user);
        processes.iter().filter(ours).copied().collect()
    })
}

fn kill_all(find: impl Fn(&[Process]) -> Vec<Process>) -> io::Result<()> {
    let own = i32::try_from(std::process::id()).unwrap_or(0);
    let found = || -> io::Result<Vec<Process>> {
        let mut processes = proc::processes()?;
        processes.retain(|process| process.pid != own);
        Ok(find(&processes))
    };
    for _ in 0..ROUNDS {
        let mut stopped = HashSet::new();
        // First all of them are stopped, so that none begins another while they are killed.
        let doomed = loop {
            let alive = found()?;
            if alive.iter().all(|process| stopped.contains(&process.pid)) {
                break alive;
            }
            alive.iter().filter(|process| stopped.insert(process.pid)).for_each(|p| send(p, Signal::STOP));
        };
        if doomed.is_empty() {
            return Ok(());
        }
        doomed.iter().for_each(|process| send(process, Signal::KILL));
        thread::sleep(PAUSE);
    }
    Err(io::Error::other("a process of an earlier attempt can't be killed"))
}

/// Signals `process` and no later one that got its number.
fn send(process: &Process, signal: Signal) {
    let Some(pid) = Pid::from_raw(process.pid) else { return };
    let Ok(fd) = pidfd_open(pid, PidfdFlags::empty()) else { return };
    if proc::process(process.pid).is_some_and(|now| now.started == process.started) {
        // It ended meanwhile, or it is not ours to signal: the next look finds out.
        let _ = pidfd_send_signal(fd, signal);
    }
}

fn read(file: &Path) -> io::Result<Option<Record>> {
    match fs::read(file) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Gives whether there was such a file.
fn remove(file: &Path) -> io::Result<bool> {
    is_there(fs::remove_file(file))
}

fn is_there(done: io::Result<()>) -> io::Result<bool> {
    match done {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
pub(crate) mod tests;
