//! `cicd release wait`.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use cicd_core::id::ReleaseId;
use clap::Args;
use serde_json::Value;

use super::http::Http;
use super::news::{Heard, News};
use super::options::Host;
use super::show;
use super::trouble::Trouble;

/// How often the progress is told, and the host asked while it tells no news.
const EVERY: Duration = Duration::from_secs(1);
/// After how many such times the host is asked though it told no news, and asked for news again where it had none.
const SELDOM: u32 = 15;

#[derive(Debug, Args)]
pub(super) struct Wait {
    /// The release.
    release: ReleaseId,
    /// How many seconds to wait, also for votes and gates; without it a release that needs votes ends the wait with exit code 4, and
    /// an approved one that a freeze, a lock, a hold or lost votes keep back with 3.
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
    #[command(flatten)]
    host: Host,
}

impl Wait {
    pub(super) async fn run(self) -> Result<(), Trouble> {
        let http = self.host.connect()?;
        let (mut progress, mut last) = (Progress::new(), Value::Null);
        let ended = self.follow(&http, &mut progress, &mut last);
        let waited = match self.timeout.map(Duration::from_secs) {
            Some(limit) => match tokio::time::timeout(limit, ended).await {
                Ok(kept_back) => kept_back,
                // The time is up: what was seen last tells the rest.
                Err(_) => self.kept_back(&http, show::status(&last)).await,
            },
            None => ended.await,
        };
        progress.end();
        let kept_back = waited?;
        if last.is_null() {
            return Err(Trouble::waiting("the host has not answered in time"));
        }
        self.host.print(&last, show::release)?;
        match kept_back {
            Some(why) => Err(Trouble::blocked(format!("the release may not start: {why}"))),
            None => verdict(show::status(&last)),
        }
    }

    /// Why policy keeps an approved release from starting: a freeze, a lock, a hold, or votes that count no more. What ends by itself, such
    /// as another rollout, is no reason.
    async fn kept_back(&self, http: &Http, status: &str) -> Result<Option<String>, Trouble> {
        if status != "approved" {
            return Ok(None);
        }
        let told = http.get(&format!("/releases/{}/explain", self.release)).await?;
        let gates = told.get("gates").and_then(Value::as_array).into_iter().flatten();
        let is_policy =
            |gate: &&Value| ["freeze", "lock", "hold", "votes"].contains(&show::text(gate, "/gate"));
        let closed = gates.filter(is_policy).filter(|gate| gate.get("open") == Some(&Value::Bool(false)));
        let reasons: Vec<_> = closed.map(|gate| show::text(gate, "/reason")).collect();
        Ok((!reasons.is_empty()).then(|| reasons.join("; ")))
    }

    /// Follows the release until it ends, or until there is nothing to wait for: then it tells what keeps it back.
    async fn follow(
        &self,
        http: &Http,
        progress: &mut Progress,
        last: &mut Value,
    ) -> Result<Option<String>, Trouble> {
        let path = format!("/releases/{}", self.release);
        loop {
            // News that come after they are asked for, and before the release is, are still heard.
            let mut news = http.listen().await;
            for _ in 0..SELDOM {
                *last = http.get(&path).await?;
                let status = match show::status(last) {
                    "pending_approval" if self.timeout.is_none() => return Ok(None),
                    status @ ("pending_approval" | "approved" | "executing") => status.to_owned(),
                    _ => return Ok(None),
                };
                if self.timeout.is_none()
                    && let Some(why) = self.kept_back(http, &status).await?
                {
                    return Ok(Some(why));
                }
                progress.tell(&status);
                self.sit(&mut news, progress, &status).await;
            }
        }
    }

    /// Waits until the release should be looked at again.
    async fn sit(&self, news: &mut Option<News>, progress: &mut Progress, status: &str) {
        let Some(stream) = news else { return tokio::time::sleep(EVERY).await };
        for _ in 0..SELDOM {
            match stream.about(&self.release.to_string(), EVERY).await {
                Heard::News => return,
                Heard::Silence => progress.tell(status),
                Heard::End => {
                    *news = None;
                    return tokio::time::sleep(EVERY).await;
                }
            }
        }
    }
}

fn verdict(status: &str) -> Result<(), Trouble> {
    match status {
        "succeeded" => Ok(()),
        "rejected" => Err(Trouble::blocked("the release was rejected")),
        "pending_approval" => Err(Trouble::waiting("the release waits for votes")),
        "approved" | "executing" => Err(Trouble::waiting(format!("the release is still {status}"))),
        ended => Err(Trouble::failed(format!("the release is {ended}"))),
    }
}

/// One line that is written over on a terminal; elsewhere a line for each change.
struct Progress {
    terminal: bool,
    told: String,
    began: Instant,
}

impl Progress {
    fn new() -> Self {
        Self { terminal: io::stderr().is_terminal(), told: String::new(), began: Instant::now() }
    }

    fn tell(&mut self, status: &str) {
        // Nobody reads the progress when it can't be written.
        if self.terminal {
            let _ = write!(io::stderr(), "\r\x1b[K{status}, {} s", self.began.elapsed().as_secs());
        } else if self.told != status {
            let _ = writeln!(io::stderr(), "{status}");
        }
        status.clone_into(&mut self.told);
    }

    fn end(&self) {
        if self.terminal && !self.told.is_empty() {
            let _ = writeln!(io::stderr());
        }
    }
}
