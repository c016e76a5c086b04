//! The environment of a command: secrets are resolved when it is about to begin.

use std::collections::BTreeMap;

use cicd_core::ci::EnvValue;
use cicd_core::id::{SecretName, TenantId};
use cicd_core::port::{SecretError, SecretValue, Secrets};

/// Values of variables, secret or not.
#[derive(Debug, Default)]
pub(super) struct Environment {
    texts: BTreeMap<String, String>,
    secrets: BTreeMap<String, SecretValue>,
}

/// Why a variable has no value.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unresolved {
    #[error("there is no secret `{0}`")]
    Unknown(SecretName),
    #[error(transparent)]
    Unreadable(#[from] SecretError),
}

impl Environment {
    pub(super) async fn resolve(
        variables: &BTreeMap<String, EnvValue>,
        tenant: &TenantId,
        secrets: &dyn Secrets,
    ) -> Result<Self, Unresolved> {
        let mut resolved = Self::default();
        for (name, value) in variables {
            match value {
                EnvValue::Text(text) => drop(resolved.texts.insert(name.clone(), text.clone())),
                EnvValue::Secret { secret } => {
                    let value = secrets.resolve(tenant, secret.as_str()).await?;
                    let value = value.ok_or_else(|| Unresolved::Unknown(secret.clone()))?;
                    resolved.secrets.insert(name.clone(), value);
                }
            }
        }
        Ok(resolved)
    }

    /// What a log must not show.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.secrets.values().map(SecretValue::expose)
    }

    /// Adds the variables to `environment`.
    pub(super) fn add_to(&self, environment: &mut BTreeMap<String, String>) {
        let secrets = self.secrets.iter().map(|(name, value)| (name.clone(), value.expose().to_owned()));
        environment.extend(self.texts.clone().into_iter().chain(secrets));
    }
}
