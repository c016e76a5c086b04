//! Secrets that are given in code.

use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::id::TenantId;
use crate::port::{SecretError, SecretValue, Secrets};

/// Secrets by tenant and name.
#[derive(Clone, Debug, Default)]
pub struct MemorySecrets {
    values: BTreeMap<(TenantId, String), SecretValue>,
}

impl MemorySecrets {
    /// No secrets.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, and `name` of `tenant`.
    #[must_use]
    pub fn with(mut self, tenant: TenantId, name: impl Into<String>, value: SecretValue) -> Self {
        self.values.insert((tenant, name.into()), value);
        self
    }
}

#[async_trait]
impl Secrets for MemorySecrets {
    async fn resolve(&self, tenant: &TenantId, name: &str) -> Result<Option<SecretValue>, SecretError> {
        Ok(self.values.get(&(tenant.clone(), name.to_owned())).cloned())
    }
}
