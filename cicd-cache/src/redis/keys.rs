//! The keys in Redis.

use cicd_core::id::TenantId;
use cicd_core::port::{HeadOf, PageKey};
use sha2::{Digest as _, Sha256};

/// The form of what is kept: another form has other keys, so that hosts of two versions may share a Redis.
const FORM: &str = concat!("1:", env!("CARGO_PKG_VERSION"));

/// Keys below a namespace.
#[derive(Debug)]
pub(super) struct Keys {
    namespace: String,
}

impl Keys {
    pub(super) fn new(namespace: &str) -> Self {
        Self { namespace: format!("cicd:{namespace}") }
    }

    /// The keys of the heads of `of`, in its order. Heads have the same form in all versions.
    pub(super) fn heads(&self, tenant: &TenantId, of: &[HeadOf]) -> Vec<String> {
        let key = |of: &HeadOf| {
            let below = match of {
                HeadOf::Tenant => "tenant",
                HeadOf::Shared => "shared",
                HeadOf::Governance => "governance",
                HeadOf::Service(service) => return self.head(tenant, "service", service.as_str()),
            };
            self.head(tenant, below, "")
        };
        of.iter().map(key).collect()
    }

    fn head(&self, tenant: &TenantId, kind: &str, id: &str) -> String {
        format!("{}:head:{tenant}:{kind}:{id}", self.namespace)
    }

    /// The key of a page: its parts, each with its length, hashed.
    pub(super) fn page(&self, key: &PageKey) -> String {
        let mut hash = Sha256::new();
        let heads: Vec<u8> = key.heads.iter().flat_map(|head| head.to_be_bytes()).collect();
        for part in [FORM.as_bytes(), key.tenant.as_str().as_bytes(), key.question.as_bytes(), &heads] {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        let digest: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}:page:{digest}", self.namespace)
    }
}
