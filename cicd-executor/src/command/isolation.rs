//! Whose rights child processes have.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{geteuid, getuid};
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::SetupError;

/// The user that the kernel shows for users it can't map: it never is an attempt's own.
const OVERFLOW_USER: u32 = 65534;

/// What keeps a child process from the host's rights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Isolation {
    /// Each attempt runs as a user of its own out of `first_uid .. first_uid + count`, in the group `gid`, without capabilities
    /// and without a way to gain any. At most `count` attempts run at once; others wait. Needs a host that runs as root.
    ///
    /// The users belong to this executor alone: what else runs under one of them is killed.
    RunAs {
        /// The first user.
        first_uid: u32,
        /// How many users there are.
        count: u32,
        /// The group that all of them share.
        gid: u32,
    },
    /// This command is put before each command, `{workspace}` in it standing for the directory of the attempt, which has to be
    /// reachable at the same path inside. It has to take the host's rights away, to end with its parent, and to offer
    /// `/bin/sh`; the executor can't check that it does. With bubblewrap:
    ///
    /// ```text
    /// /usr/bin/bwrap --unshare-all --share-net --die-with-parent --new-session --uid 1000 --gid 1000
    ///     --ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/lib /lib --symlink usr/lib64 /lib64
    ///     --ro-bind-try /etc/resolv.conf /etc/resolv.conf --ro-bind-try /etc/ssl /etc/ssl
    ///     --ro-bind-try /etc/passwd /etc/passwd
    ///     --proc /proc --dev /dev --tmpfs /tmp --bind {workspace} {workspace}
    /// ```
    Wrapper(Vec<String>),
    /// The host's own user: for development alone. A step can read all that the host can.
    SameUserDev,
}

/// How children are confined, with the users that are free.
#[derive(Debug)]
pub(crate) struct Confinement {
    isolation: Isolation,
    tools: Tools,
    free: Mutex<Vec<u32>>,
    permits: Option<Arc<Semaphore>>,
}

/// A place in which one attempt runs; dropped, it is free for the next.
#[derive(Debug)]
pub(crate) struct Slot {
    confinement: Arc<Confinement>,
    user: Option<u32>,
    _permit: Option<OwnedSemaphorePermit>,
}

/// Limits of the kernel for each child process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessLimits {
    /// How many processes and threads an attempt may have; held only where it has a user to itself.
    pub processes: u64,
    /// How long a file it writes may become, in bytes.
    pub file_bytes: u64,
}

impl Default for ProcessLimits {
    /// 2 048 processes, files of 16 GiB.
    fn default() -> Self {
        Self { processes: 2048, file_bytes: 16 << 30 }
    }
}

#[derive(Debug)]
struct Tools {
    setsid: Option<PathBuf>,
    setpriv: Option<PathBuf>,
    prlimit: Option<PathBuf>,
    limits: ProcessLimits,
}

impl Confinement {
    /// # Errors
    /// When `isolation` does not keep the host's rights from its children.
    pub(crate) fn new(isolation: Isolation, dev: bool, limits: ProcessLimits) -> Result<Self, SetupError> {
        let [setsid, setpriv, prlimit] = ["setsid", "setpriv", "prlimit"].map(tool);
        let tools = Tools { setsid, setpriv, prlimit, limits };
        let mut free = Vec::new();
        match &isolation {
            Isolation::RunAs { first_uid, count, gid } => {
                free = users(*first_uid, *count, *gid)?;
                if tools.setpriv.is_none() {
                    return Err(SetupError::MissingTool("setpriv"));
                }
            }
            Isolation::Wrapper(argv) => match argv.first() {
                Some(program) if Path::new(program).is_absolute() && Path::new(program).is_file() => {}
                other => return Err(SetupError::Wrapper(other.cloned().unwrap_or_default())),
            },
            Isolation::SameUserDev if dev => {}
            Isolation::SameUserDev => return Err(SetupError::NotIsolated),
        }
        let permits = (!free.is_empty()).then(|| Arc::new(Semaphore::new(free.len())));
        Ok(Self { isolation, tools, free: Mutex::new(free), permits })
    }

    /// Waits for a free place.
    pub(crate) async fn acquire(self: &Arc<Self>) -> Slot {
        let permit = match &self.permits {
            Some(permits) => permits.clone().acquire_owned().await.ok(),
            None => None,
        };
        let user = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Slot { confinement: self.clone(), user, _permit: permit }
    }

    /// The users that belong to attempts alone.
    pub(crate) fn users(&self) -> std::ops::Range<u32> {
        match self.isolation {
            Isolation::RunAs { first_uid, count, .. } => first_uid..first_uid.saturating_add(count),
            Isolation::Wrapper(_) | Isolation::SameUserDev => 0..0,
        }
    }
}

impl Slot {
    /// The user that runs this attempt and nothing else; `None` where it shares its user with others.
    pub(crate) const fn user(&self) -> Option<u32> {
        self.user
    }

    /// The owner of the files of this attempt.
    pub(crate) fn owner(&self) -> Option<(u32, u32)> {
        match self.confinement.isolation {
            Isolation::RunAs { gid, .. } => self.user.map(|user| (user, gid)),
            Isolation::Wrapper(_) | Isolation::SameUserDev => None,
        }
    }

    /// Whether [`Slot::prefix`] makes its process the leader of a session, and so of a process group.
    pub(crate) fn leads_session(&self) -> bool {
        self.confinement.tools.setsid.is_some()
    }

    /// What stands before each command of this attempt.
    pub(crate) fn prefix(&self, workspace: &Path) -> Vec<OsString> {
        let tools = &self.confinement.tools;
        // A child that shared the host's terminal could type into it.
        let mut argv: Vec<_> = tools.setsid.iter().map(OsString::from).collect();
        argv.extend(tools.limit(self.user.is_some()));
        argv.extend(tools.drop_rights(self.owner()));
        if let Isolation::Wrapper(wrapper) = &self.confinement.isolation {
            let workspace = workspace.to_string_lossy();
            argv.extend(wrapper.iter().map(|word| word.replace("{workspace}", &workspace).into()));
        }
        argv
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(user) = self.user {
            self.confinement.free.lock().unwrap_or_else(PoisonError::into_inner).push(user);
        }
    }
}

impl Tools {
    fn limit(&self, own_user: bool) -> Vec<OsString> {
        let Some(prlimit) = &self.prlimit else { return Vec::new() };
        let mut argv =
            vec![prlimit.into(), "--core=0".into(), format!("--fsize={}", self.limits.file_bytes).into()];
        if own_user {
            argv.push(format!("--nproc={}", self.limits.processes).into());
        }
        argv.push("--".into());
        argv
    }

    fn drop_rights(&self, owner: Option<(u32, u32)>) -> Vec<OsString> {
        let Some(setpriv) = &self.setpriv else { return Vec::new() };
        let mut argv: Vec<OsString> = vec![setpriv.into(), "--pdeathsig=KILL".into()];
        if let Some((user, group)) = owner {
            argv.push(format!("--reuid={user}").into());
            argv.push(format!("--regid={group}").into());
            argv.extend(["--clear-groups", "--no-new-privs", "--inh-caps=-all"].map(OsString::from));
        }
        argv.push("--".into());
        argv
    }
}

fn users(first: u32, count: u32, gid: u32) -> Result<Vec<u32>, SetupError> {
    let refuse = |reason| Err(SetupError::RunAs { first_uid: first, count, gid, reason });
    let Some(end) = first.checked_add(count) else { return refuse("the users go beyond the last one") };
    if count == 0 || count > 10_000 {
        return refuse("accepted: 1 to 10000 users");
    }
    if first == 0 || gid == 0 {
        return refuse("root is not accepted");
    }
    if (first..end).contains(&getuid().as_raw()) || (first..end).contains(&OVERFLOW_USER) {
        return refuse("neither the host's own user nor 65534 (`nobody`) may be among them");
    }
    if !geteuid().is_root() {
        return refuse("only a host that runs as root can run children as another user; use a wrapper");
    }
    Ok((first..end).rev().collect())
}

fn tool(name: &str) -> Option<PathBuf> {
    ["/usr/bin", "/bin", "/usr/sbin", "/sbin"]
        .iter()
        .map(|directory| Path::new(directory).join(name))
        .find(|path| fs::metadata(path).is_ok_and(|found| found.is_file()))
}
