//! Ends the commands of a host that is silent, be it dead or stopped: nobody else can.
//!
//! A lease ends while its holder is paused, and another host takes the work over; a command that the paused one began would go on
//! beside it. So the host has a second process beside it, which hears from it several times within
//! [`Watchdog::silence`] and kills what it runs when it hears nothing for so long, or never again.

use std::ffi::OsString;
use std::io::{self, PipeWriter, Read, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use super::reaper::Reaper;
use super::runner::PATH;

/// How often within the silence that is borne with the host says that it lives.
const BEATS: u32 = 8;
/// How long the host waits before it begins a watchdog anew that ended.
const PAUSE: Duration = Duration::from_secs(1);

/// How the process is begun that ends commands when the host can't.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watchdog {
    /// A program with its first arguments, such as the host's own with a subcommand. Three more follow: a directory, the name of
    /// a host, and milliseconds. It calls [`watch`] with them and with its standard input, and then ends.
    pub command: Vec<OsString>,
    /// For how long a host may say nothing until its commands are ended. Half of a lease lets them end before another host may
    /// take the work over.
    pub silence: Duration,
}

/// Kills what the host `name` runs in `directory` whenever `beats` gives nothing for `silence`, and when it ends.
///
/// # Errors
/// When the machine can't tell its processes, or one of the last ones can't be killed.
pub fn watch(
    directory: &Path,
    name: &str,
    silence: Duration,
    beats: impl Read + Send + 'static,
) -> io::Result<()> {
    let reaper = Reaper::of_host(directory.to_owned(), name.to_owned())?;
    let heard = listen(beats)?;
    loop {
        match heard.recv_timeout(silence) {
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout) => match reaper.reap_host() {
                Ok(0) => {}
                Ok(ended) => tracing::warn!(ended, "the host is silent: its commands were ended"),
                Err(error) => tracing::error!(%error, "the host is silent, and its commands can't be ended"),
            },
            Err(RecvTimeoutError::Disconnected) => return reaper.reap_host().map(drop),
        }
    }
}

fn listen(mut beats: impl Read + Send + 'static) -> io::Result<Receiver<()>> {
    let (sender, heard) = mpsc::channel();
    thread::Builder::new().name("cicd-listener".to_owned()).spawn(move || {
        let mut beat = [0];
        while beats.read_exact(&mut beat).is_ok() && sender.send(()).is_ok() {}
    })?;
    Ok(heard)
}

/// A watchdog that runs, and the thread that tells it that this process lives. Dropped, the watchdog ends.
#[derive(Debug)]
pub(crate) struct Heartbeat {
    _until_dropped: Sender<()>,
}

impl Heartbeat {
    /// Begins the watchdog of the host `name`, whose records lie in `directory`.
    ///
    /// # Errors
    /// When it can't be begun.
    pub(crate) fn begin(watchdog: Watchdog, directory: &Path, name: &str) -> io::Result<Self> {
        let arguments = [directory.into(), name.into(), watchdog.silence.as_millis().to_string().into()];
        let words = watchdog.command.into_iter().chain(arguments).collect();
        let pulse = Pulse { words, interval: watchdog.silence / BEATS };
        let first = pulse.process()?;
        let (sender, dropped) = mpsc::channel();
        thread::Builder::new()
            .name("cicd-heartbeat".to_owned())
            .spawn(move || pulse.beat(first, &dropped))?;
        Ok(Self { _until_dropped: sender })
    }
}

struct Pulse {
    words: Vec<OsString>,
    interval: Duration,
}

impl Pulse {
    fn process(&self) -> io::Result<(Child, PipeWriter)> {
        let mut words = self.words.iter();
        let (input, beats) = io::pipe()?;
        let child = Command::new(words.next().map_or_else(OsString::new, Clone::clone))
            .args(words)
            .env_clear()
            .env("PATH", PATH)
            .current_dir("/")
            // A Ctrl-C in the host's terminal is for the host.
            .process_group(0)
            .stdin(input)
            .stdout(Stdio::null())
            .spawn()?;
        Ok((child, beats))
    }

    /// Beats until `dropped`; a watchdog that ends is begun anew.
    fn beat(self, first: (Child, PipeWriter), dropped: &Receiver<()>) {
        let mut process = Some(first);
        loop {
            let (Some((_, beats)), wait) = (&mut process, self.interval) else {
                if dropped.recv_timeout(PAUSE) == Err(RecvTimeoutError::Disconnected) {
                    return;
                }
                process = self.process().inspect_err(|error| tracing::error!(%error, "no watchdog")).ok();
                continue;
            };
            if beats.write_all(b".").is_err() {
                tracing::warn!("the watchdog ended; another one is begun");
                end(process.take());
            } else if dropped.recv_timeout(wait) == Err(RecvTimeoutError::Disconnected) {
                return end(process);
            }
        }
    }
}

fn end(process: Option<(Child, PipeWriter)>) {
    if let Some((mut child, beats)) = process {
        drop(beats);
        // It has nothing to do any more but to end.
        let _ = child.wait();
    }
}

#[cfg(test)]
mod tests;
