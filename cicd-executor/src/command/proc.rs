//! What `/proc` says about processes.

use std::fs;
use std::io;

/// One process as `/proc/<pid>/stat` shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) pid: i32,
    pub(crate) group: i32,
    /// When it began, in clock ticks since boot: tells it from an earlier process with the same number.
    pub(crate) started: u64,
    alive: bool,
}

impl Process {
    /// Whether it still runs; a zombie does not.
    pub(crate) const fn alive(&self) -> bool {
        self.alive
    }

    /// The user it runs as; `None` when it is gone.
    pub(crate) fn user(&self) -> Option<u32> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid)).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
        line.split_whitespace().next()?.parse().ok()
    }

    /// Whether its environment, as it was when its program began, holds `entry` (`NAME=value`).
    pub(crate) fn has_environment(&self, entry: &str) -> bool {
        fs::read(format!("/proc/{}/environ", self.pid))
            .is_ok_and(|bytes| bytes.split(|byte| *byte == 0).any(|found| found == entry.as_bytes()))
    }
}

/// The process `pid`; `None` when there is none.
pub(crate) fn process(pid: i32) -> Option<Process> {
    parse(pid, &fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// All processes that this one may see.
pub(crate) fn processes() -> io::Result<Vec<Process>> {
    let numbers = fs::read_dir("/proc")?.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    Ok(numbers.filter_map(process).collect())
}

/// What names this boot of the machine: start times of another boot mean nothing.
pub(crate) fn boot_id() -> io::Result<String> {
    Ok(fs::read_to_string("/proc/sys/kernel/random/boot_id")?.trim().to_owned())
}

/// A text that was never given out before.
pub(crate) fn nonce() -> io::Result<String> {
    Ok(fs::read_to_string("/proc/sys/kernel/random/uuid")?.trim().to_owned())
}

fn parse(pid: i32, stat: &str) -> Option<Process> {
    // The name stands in parentheses and may itself hold spaces and parentheses.
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    let state = fields.next()?;
    let group = fields.nth(1)?.parse().ok()?;
    let started = fields.nth(16)?.parse().ok()?;
    Some(Process { pid, group, started, alive: !matches!(state, "Z" | "X" | "x") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_stat_line_whose_name_is_hostile() {
        let line = "77 (a) S 1 (b) R 1 42 40 0 -1 4194304 9 0 0 0 1 2 0 0 20 0 1 0 987654 1000 1 1";
        let expected = Process { pid: 77, group: 42, started: 987_654, alive: true };
        assert_eq!(parse(77, line), Some(expected));
        assert_eq!(parse(77, &line.replace(" R ", " Z ")).map(|process| process.alive()), Some(false));
        assert_eq!(parse(77, "77 (a"), None);
    }

    #[test]
    fn finds_this_process() {
        let pid = i32::try_from(std::process::id()).unwrap();
        let own = process(pid).unwrap();
        assert!(own.alive());
        assert!(processes().unwrap().iter().any(|found| found == &own));
        assert_eq!(own.user(), Some(rustix::process::getuid().as_raw()));
        let (name, value) = std::env::vars().next().unwrap();
        assert!(own.has_environment(&format!("{name}={value}")));
        assert!(!own.has_environment("CICD_NO_SUCH=1"));
    }
}
