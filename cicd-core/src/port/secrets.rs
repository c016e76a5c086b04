//! Values that are resolved at spawn and never stored.

use std::fmt;

use async_trait::async_trait;

use crate::id::TenantId;

/// A secret's value. It does not show itself.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretValue(String);

impl SecretValue {
    /// Takes the value.
    #[must_use]
    pub const fn new(value: String) -> Self {
        Self(value)
    }

    /// The value, for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretValue(…)")
    }
}

/// Secrets could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("secret `{name}` can't be read: {message}")]
pub struct SecretError {
    /// The secret's name.
    pub name: String,
    /// What went wrong.
    pub message: String,
}

/// Resolves `{"secret": "name"}`.
#[async_trait]
pub trait Secrets: Send + Sync + 'static {
    /// The value of `name` for `tenant`; `None` when there is no such secret.
    async fn resolve(&self, tenant: &TenantId, name: &str) -> Result<Option<SecretValue>, SecretError>;
}
