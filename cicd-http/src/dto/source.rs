//! Sources, with the address that their senders use.

use std::fmt;
use std::str::FromStr;

use cicd_core::engine::Delivered;
use cicd_core::id::{DeliveryId, SourceId, TenantId};
use cicd_core::source::Source;
use serde::Serialize;

/// A source as it is shown.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ListedSource)]
pub(crate) struct SourceView {
    #[serde(flatten)]
    source: Source,
    /// The path that the sender posts to.
    hook: String,
}

impl SourceView {
    pub(crate) fn of(source: Source, tenant: &TenantId, path: impl Fn(String) -> String) -> Self {
        let hook = HookAddress { tenant: tenant.clone(), source: source.id };
        Self { hook: path(format!("/hooks/{hook}")), source }
    }
}

/// What became of a delivery.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Received {
    delivery: DeliveryId,
    duplicate: bool,
}

impl From<Delivered> for Received {
    fn from(delivered: Delivered) -> Self {
        Self { delivery: delivered.delivery, duplicate: delivered.is_duplicate }
    }
}

/// The last part of a source's address: `<tenant>.<source>`. It says whose credential to ask for, as a caller's token does; a
/// delivery is the tenant's only once that source's secret has shown it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HookAddress {
    pub(crate) tenant: TenantId,
    pub(crate) source: SourceId,
}

impl fmt::Display for HookAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.tenant, self.source)
    }
}

impl FromStr for HookAddress {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (tenant, source) = text.split_once('.').ok_or(())?;
        Ok(Self { tenant: tenant.parse().map_err(drop)?, source: source.parse().map_err(drop)? })
    }
}
