//! Which deployments a freeze or a policy floor is about.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::audit::{AuditEvent, SubjectKind};
use crate::service::Tier;

/// Whether `event` touches deployments of `tiers`: a freeze of the tenant or of one of the tiers, a floor of one of them. Any
/// other event does, as it belongs to what it names.
#[must_use]
pub fn touches(event: &AuditEvent, tiers: &BTreeSet<Tier>) -> bool {
    let among = |tier: &str| tiers.iter().any(|known| known.as_str() == tier);
    match event.subject.kind {
        SubjectKind::PolicyFloor => among(&event.subject.id),
        SubjectKind::Freeze if event.subject.deployment.is_none() => {
            frozen_tier(&event.data).is_none_or(among)
        }
        _ => true,
    }
}

/// The tier that a freeze is about; `None` for one of the whole tenant.
fn frozen_tier(data: &Value) -> Option<&str> {
    let freeze = data.get("after").filter(|after| after.is_object()).or_else(|| data.get("before"))?;
    freeze.get("scope")?.get("tier")?.as_str()
}
