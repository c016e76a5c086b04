//! The executor: a directory with one file for each sign, which says what is current.
//!
//! Real ones switch a load balancer or write a manifest; the duties are the same.

use std::io::ErrorKind;
use std::path::PathBuf;

use async_trait::async_trait;
use cicd_core::port::{Delivery, DeployExecutor, DeployJob, DeployStatus, Stop, Verb, VerbOutcome};
use cicd_core::service::Capabilities;
use cicd_core::violation::{Fields, Path, Violations};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::sign::Sign;

/// Switches signs in a directory.
pub(crate) struct Signpost {
    directory: PathBuf,
    /// One hand on the signs at a time, so that no epoch is read before a higher one is written.
    hand: Mutex<()>,
}

impl Signpost {
    pub(crate) fn new(directory: PathBuf) -> Self {
        Self { directory, hand: Mutex::new(()) }
    }

    async fn switch(&self, job: &DeployJob, verb: &Verb) -> Result<(), String> {
        let name = sign_name(&job.release.spec.target).map_err(|violations| violations.to_string())?;
        let path = self.directory.join(format!("{name}.json"));
        let _hand = self.hand.lock().await;
        let mut sign: Sign = match tokio::fs::read(&path).await {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| error.to_string())?,
            Err(error) if error.kind() == ErrorKind::NotFound => Sign::default(),
            Err(error) => return Err(error.to_string()),
        };
        let artifact = job.release.spec.content.artifact.digest.to_string();
        sign.switch((job.attempt, job.epoch), verb, &artifact)?;
        let bytes = serde_json::to_vec(&sign).map_err(|error| error.to_string())?;
        let unfinished = path.with_extension("new");
        tokio::fs::write(&unfinished, bytes).await.map_err(|error| error.to_string())?;
        tokio::fs::rename(&unfinished, &path).await.map_err(|error| error.to_string())
    }
}

/// Reads `{"sign": "name"}`: letters, digits and `-`, because it becomes the name of a file.
fn sign_name(target: &Value) -> Result<String, Violations> {
    let mut violations = Violations::new();
    let mut name = None;
    if let Some(mut fields) = Fields::of(target, &Path::root(), &mut violations) {
        name = fields.text("sign", &mut violations, 1..=40);
        fields.finish(&mut violations);
    }
    let plain = |name: &String| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    match name {
        Some(name) if violations.is_empty() && plain(&name) => Ok(name),
        Some(name) if violations.is_empty() => {
            let message = format!("`{name}`; accepted: letters, digits and `-`");
            Err(Violations::one("/sign", "not_plain", message))
        }
        _ => Err(violations),
    }
}

#[async_trait]
impl DeployExecutor for Signpost {
    fn delivery(&self) -> Delivery {
        Delivery::Fenced
    }

    fn capabilities(&self, target: &Value) -> Result<Capabilities, Violations> {
        sign_name(target)?;
        Ok(Capabilities { undo: true, fence: true, ..Capabilities::NONE })
    }

    async fn carry_out(&self, job: &DeployJob, verb: &Verb, _stop: Stop) -> VerbOutcome {
        // A step is over in a moment, so there is nothing to stop half way.
        match self.switch(job, verb).await {
            Ok(()) => VerbOutcome::Done,
            Err(message) => VerbOutcome::Failed { message },
        }
    }

    async fn status(&self, _job: &DeployJob) -> DeployStatus {
        DeployStatus::Settled
    }
}
