//! Reports of attempts: an executor's callback, by a token of that attempt and epoch.

use super::change::{By, release_key};
use super::error::EngineError;
use super::facts::facts;
use super::{Engine, deployments, ending};
use crate::authz::Actor;
use crate::digest::Digest;
use crate::id::{AttemptId, ReleaseId, TenantId};
use crate::port::{Load, Record, SecretValue, Snapshot};
use crate::release::Release;
use crate::release::command::{Command, Outcome};
use crate::release::decide::decide;

const PREFIX: &str = "cicdr_";

/// The token of an attempt: where it belongs, and a secret.
pub(super) fn token(tenant: &TenantId, release: ReleaseId, secret: [u8; 32]) -> SecretValue {
    let secret: String = secret.iter().take(24).map(|byte| format!("{byte:02x}")).collect();
    SecretValue::new(format!("{PREFIX}{tenant}_{release}_{secret}"))
}

fn place(token: &str) -> Option<(TenantId, ReleaseId)> {
    let mut parts = token.strip_prefix(PREFIX)?.split('_');
    let place = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (parts.count() == 1).then_some(place)
}

impl Engine {
    /// Takes the report `number` of an attempt, and the end of the rollout where it tells one. A number that was seen
    /// before changes nothing.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the token is not the one of this attempt and its current epoch;
    /// [`EngineError::Refused`] when the rollout does not take the report.
    pub async fn report(
        &self,
        attempt: AttemptId,
        token: &str,
        number: u64,
        outcome: Option<&Outcome>,
    ) -> Result<Release, EngineError> {
        let unknown = || EngineError::not_found("attempt", attempt);
        let (tenant, release) = place(token).ok_or_else(unknown)?;
        let by = By { tenant, actor: Actor::Attempt { id: attempt }, request_id: None, trace: None };
        let command = Command::Report { number, outcome: outcome.cloned() };
        let load = Load::release(release);
        let snapshot = self.store().load(&by.tenant, &load).await?;
        let known = reporting(&snapshot, attempt, token).ok_or_else(unknown)?;
        if known.state.execution().is_some_and(|execution| number <= execution.reports) {
            return Ok(known.clone());
        }
        let committed = self
            .carry_out_own(&by, &load, |snapshot, roles| {
                let release = reporting(snapshot, attempt, token).ok_or_else(unknown)?;
                let deployment = deployments::found(snapshot, release.deployment())?;
                let events = decide(release, &command, &facts(snapshot, deployment, roles))?;
                ending::change(&by, snapshot, release, events)
            })
            .await?;
        let key = release_key(release);
        let after = committed.records.into_iter().find(|record| record.key() == key);
        match after {
            Some(Record::Release(release)) => Ok(release),
            _ => Err(unknown()),
        }
    }
}

fn reporting<'a>(snapshot: &'a Snapshot, attempt: AttemptId, token: &str) -> Option<&'a Release> {
    let release = snapshot.release.as_ref()?;
    let execution = release.state.execution()?;
    let known = execution.attempt == attempt && execution.report_token == Digest::of(token.as_bytes());
    known.then_some(release)
}
