//! A child process that leads a process group of its own.

use std::io;
use std::os::fd::OwnedFd;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;

use rustix::process::{Pid, PidfdFlags, Signal, kill_process, kill_process_group, pidfd_open};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::oneshot;

type Request = (Command, oneshot::Sender<io::Result<Child>>);

/// Begins child processes on one thread that lives as long as this value.
///
/// A child's parent-death signal is sent when the *thread* that began it ends, and threads of a runtime come and go.
#[derive(Debug)]
pub(crate) struct Spawner {
    requests: mpsc::Sender<Request>,
}

impl Spawner {
    pub(crate) fn start() -> io::Result<Self> {
        let (requests, received) = mpsc::channel::<Request>();
        thread::Builder::new().name("cicd-spawner".to_owned()).spawn(move || {
            for (mut command, reply) in received {
                // Nobody waits any more: the child has not been told to go on, and ends at the end of its input.
                if let Err(Ok(child)) = reply.send(command.spawn()) {
                    reap(child);
                }
            }
        })?;
        Ok(Self { requests })
    }

    /// Begins `command`, which leads a process group or is about to.
    pub(crate) async fn spawn(&self, mut command: Command) -> io::Result<ProcessGroup> {
        command.stdin(Stdio::piped());
        let (reply, answer) = oneshot::channel();
        self.requests.send((command, reply)).map_err(|_| gone())?;
        ProcessGroup::new(answer.await.map_err(|_| gone())??)
    }
}

fn gone() -> io::Error {
    io::Error::other("the thread that begins child processes is gone")
}

/// A process group whose leader is our child. Dropped, it is killed.
///
/// The leader is reaped last: as long as it is ours, alive or as a zombie, no other process can get its number, and a signal to
/// the group can't reach strangers.
#[derive(Debug)]
pub(crate) struct ProcessGroup {
    leader: Option<Child>,
    id: Pid,
    exit: AsyncFd<OwnedFd>,
}

impl ProcessGroup {
    fn new(mut leader: Child) -> io::Result<Self> {
        match watch(&leader) {
            Ok((id, exit)) => Ok(Self { leader: Some(leader), id, exit }),
            Err(error) => {
                let _ = leader.kill();
                reap(leader);
                Err(error)
            }
        }
    }

    /// The number of the group, which is its leader's.
    pub(crate) fn id(&self) -> i32 {
        self.id.as_raw_nonzero().get()
    }

    /// What the leader reads.
    pub(crate) fn input(&mut self) -> Option<OwnedFd> {
        self.leader.as_mut()?.stdin.take().map(OwnedFd::from)
    }

    /// Returns when the leader has ended.
    pub(crate) async fn exited(&self) -> io::Result<()> {
        self.exit.readable().await.map(|mut guard| guard.retain_ready())
    }

    /// Sends `signal` to all of the group.
    pub(crate) fn signal(&self, signal: Signal) {
        if self.leader.is_some() && kill_process_group(self.id, signal).is_err() {
            // There is no such group yet: the leader has not come to lead it. Else it is gone.
            let _ = kill_process(self.id, signal);
        }
    }

    /// Kills what is left of the group and takes the leader's status. To be called after [`ProcessGroup::exited`].
    pub(crate) fn finish(mut self) -> io::Result<ExitStatus> {
        self.signal(Signal::KILL);
        match self.leader.take() {
            Some(mut leader) => leader.wait(),
            None => Err(io::Error::other("the leader was reaped already")),
        }
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
        if let Some(leader) = self.leader.take() {
            reap(leader);
        }
    }
}

/// Waits for `child`, on a thread of its own: a killed process may take its time.
fn reap(mut child: Child) {
    drop(child.stdin.take());
    // Without a thread the child stays a zombie until the host ends: no reason to end it now.
    let _ = thread::Builder::new().name("cicd-reaper".to_owned()).spawn(move || child.wait());
}

#[expect(
    deprecated,
    reason = "sound for an OwnedFd, which stays the same descriptor; the successor is unsafe to call"
)]
fn watch(child: &Child) -> io::Result<(Pid, AsyncFd<OwnedFd>)> {
    let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let id = id.ok_or_else(|| io::Error::other("the child has no process id"))?;
    let fd = pidfd_open(id, PidfdFlags::NONBLOCK)?;
    Ok((id, AsyncFd::with_interest(fd, Interest::READABLE)?))
}
