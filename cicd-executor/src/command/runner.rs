//! Runs one command in a workspace and tells how it ended.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::PathBuf;
use std::pin::Pin;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use cicd_core::port::Stop;
use rustix::process::Signal;
use tokio::net::unix::pipe;
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use super::log::Log;
use super::process_group::ProcessGroup;
use super::workspace::{Workspace, blocking};
use super::{proc, script};

/// What every child finds in its environment, before what it is given.
pub(crate) const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// How long output may wait until it is written to the log.
const DELAY: Duration = Duration::from_millis(200);
/// How long a killed process may take to disappear.
const DEATH: Duration = Duration::from_secs(60);
/// How much may lie in the pipe of a dead child.
const LEFT_OVER: usize = 1 << 20;

/// One command to run.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) argv: Vec<String>,
    pub(crate) directory: PathBuf,
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) timeout: Duration,
    /// How long a child that was asked to end may take before it is killed.
    pub(crate) grace: Duration,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Exited(i32),
    /// By a signal that was not ours.
    Signalled(i32),
    TimedOut,
    Cancelled,
    /// Stopped for more output than is borne with.
    Flooded,
    /// Killed by the watchdog: the host was silent for too long.
    Unwatched,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(code) => write!(f, "exited with {code}"),
            Self::Signalled(signal) => write!(f, "was ended by signal {signal}"),
            Self::TimedOut => f.write_str("took longer than it may"),
            Self::Cancelled => f.write_str("was asked to stop"),
            Self::Flooded => f.write_str("wrote too much output"),
            Self::Unwatched => f.write_str("was ended because its host was silent for too long"),
        }
    }
}

/// Runs `call` and returns when all of its processes are dead.
///
/// # Errors
/// When the child can't be begun, recorded, watched or killed. A command that is missing is no error: it exits 127.
pub(crate) async fn run(workspace: &Workspace, call: &Call, log: &mut Log, stop: &Stop) -> io::Result<Ended> {
    let script = script::begin(&call.directory, &call.environment)?;
    let mark = proc::nonce()?;
    let (output, writer) = io::pipe()?;
    let mut command = command(workspace, &call.argv, &mark)?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let mut group = workspace.site().spawner.spawn(command).await?;
    let recorded = {
        let (site, id, user) = (workspace.site().clone(), group.id(), workspace.slot()?.user());
        let name = workspace.record_name();
        blocking(move || site.reaper.record(&name, id, user, format!("{MARK}={mark}"))).await?
    };
    let input = group.input().ok_or_else(|| io::Error::other("the child has no input"))?;
    let watch = Watch::new(call, group, input, output.into(), script)?;
    let ended = watch.until_dead(log, stop).await;
    let site = workspace.site().clone();
    let was_recorded = blocking(move || site.reaper.settle(&recorded)).await?;
    Ok(match ended? {
        Ended::Signalled(_) if !was_recorded => Ended::Unwatched,
        ended => ended,
    })
}

/// The name of the variable that marks all processes of one call.
const MARK: &str = "CICD_MARK";

fn command(workspace: &Workspace, argv: &[String], mark: &str) -> io::Result<Command> {
    let mut words = workspace.slot()?.prefix(workspace.root());
    words.extend(["/bin/sh", "-s", "--"].map(Into::into));
    words.extend(argv.iter().map(Into::into));
    let mut words = words.into_iter();
    let mut command = Command::new(words.next().unwrap_or_default());
    if !workspace.slot()?.leads_session() {
        command.process_group(0);
    }
    command.args(words).current_dir("/").env_clear().env("PATH", PATH).env("LANG", "C.UTF-8").env(MARK, mark);
    Ok(command)
}

/// A child that runs, and why it is being stopped.
struct Watch {
    group: ProcessGroup,
    input: Option<pipe::Sender>,
    script: Vec<u8>,
    output: pipe::Receiver,
    output_is_open: bool,
    deadline: Pin<Box<Sleep>>,
    grace: Duration,
    cause: Option<Ended>,
    killed: bool,
}

enum Happened {
    Exit,
    Deadline,
    Stop,
    Output,
    Input,
    Delay,
}

impl Watch {
    fn new(
        call: &Call,
        group: ProcessGroup,
        input: OwnedFd,
        output: OwnedFd,
        script: Vec<u8>,
    ) -> io::Result<Self> {
        Ok(Self {
            group,
            input: Some(pipe::Sender::from_owned_fd(input)?),
            script,
            output: pipe::Receiver::from_owned_fd(output)?,
            output_is_open: true,
            deadline: Box::pin(sleep(call.timeout)),
            grace: call.grace,
            cause: None,
            killed: false,
        })
    }

    async fn until_dead(mut self, log: &mut Log, stop: &Stop) -> io::Result<Ended> {
        let mut flush_at = Instant::now() + DELAY;
        loop {
            let happened = self.next(stop, log.is_waiting().then_some(flush_at)).await;
            match happened {
                Happened::Exit => break,
                Happened::Deadline if self.killed => {
                    return Err(io::Error::other("the child was killed and does not end"));
                }
                Happened::Deadline if self.cause.is_some() => self.kill(),
                Happened::Deadline => self.terminate(Ended::TimedOut),
                Happened::Stop => self.terminate(Ended::Cancelled),
                Happened::Input => self.feed(),
                Happened::Output => self.read(log, LEFT_OVER),
                Happened::Delay => {}
            }
            if log.flooded() && self.cause.is_none() {
                self.terminate(Ended::Flooded);
            }
            if Instant::now() >= flush_at {
                log.flush().await;
                flush_at = Instant::now() + DELAY;
            } else {
                log.flush_batch().await;
            }
        }
        self.end(log).await
    }

    /// Waits for what happens next. All branches only wait: nothing is lost when another one wins.
    async fn next(&mut self, stop: &Stop, flush_at: Option<Instant>) -> Happened {
        let input = async {
            match &self.input {
                Some(input) => input.writable().await.is_ok(),
                None => std::future::pending().await,
            }
        };
        let delay = async {
            match flush_at {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.group.exited() => Happened::Exit,
            () = &mut self.deadline => Happened::Deadline,
            () = stop.requested(), if self.cause.is_none() => Happened::Stop,
            _ = self.output.readable(), if self.output_is_open => Happened::Output,
            _ = input => Happened::Input,
            () = delay => Happened::Delay,
        }
    }

    /// Asks the group to end; kills it when the grace is over.
    fn terminate(&mut self, cause: Ended) {
        self.cause = Some(cause);
        self.input = None;
        self.group.signal(Signal::TERM);
        self.deadline.as_mut().reset(Instant::now() + self.grace);
    }

    fn kill(&mut self) {
        self.killed = true;
        self.group.signal(Signal::KILL);
        self.deadline.as_mut().reset(Instant::now() + DEATH);
    }

    fn feed(&mut self) {
        let Some(input) = &self.input else { return };
        match input.try_write(&self.script) {
            Ok(written) => drop(self.script.drain(..written)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            // The child ended, or closed its input: its exit tells the rest.
            Err(_) => self.script.clear(),
        }
        if self.script.is_empty() {
            self.input = None;
        }
    }

    /// Reads what lies in the pipe, about `most` bytes of it.
    fn read(&mut self, log: &mut Log, most: usize) {
        let mut buffer = [0; 16 << 10];
        let mut left = most;
        while left > 0 {
            match self.output.try_read(&mut buffer) {
                Ok(0) => self.output_is_open = false,
                Ok(length) => {
                    log.output(buffer.get(..length).unwrap_or_default());
                    left = left.saturating_sub(length);
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => self.output_is_open = error.kind() == io::ErrorKind::WouldBlock,
            }
            return;
        }
    }

    async fn end(mut self, log: &mut Log) -> io::Result<Ended> {
        self.group.signal(Signal::KILL);
        if self.output_is_open {
            self.read(log, LEFT_OVER);
        }
        log.end_of_output();
        log.flush().await;
        let status = self.group.finish()?;
        Ok(self.cause.unwrap_or_else(|| ended(status)))
    }
}

fn ended(status: ExitStatus) -> Ended {
    match (status.code(), status.signal()) {
        (Some(code), _) => Ended::Exited(code),
        (None, signal) => Ended::Signalled(signal.unwrap_or(0)),
    }
}

#[cfg(test)]
mod tests;
