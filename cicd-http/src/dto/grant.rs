//! Grants, and who asks.

use std::collections::BTreeSet;

use cicd_core::authz::{Caller, Grant, PrincipalKind};
use cicd_core::id::{PrincipalId, Role, TenantId, TokenId};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

/// What a path segment takes as it is, of what ids are spelled with.
const PLAIN: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'@').remove(b'*');

/// A grant, with the id by which it is taken back.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ListedGrant)]
pub(crate) struct GrantView {
    id: String,
    #[serde(flatten)]
    grant: Grant,
}

impl GrantView {
    pub(crate) fn of(grant: Grant) -> Self {
        Self { id: grant.key(), grant }
    }
}

/// `id` as one segment of a path.
pub(crate) fn path_segment(id: &str) -> String {
    utf8_percent_encode(id, &PLAIN).to_string()
}

/// Who asks, as the authenticator said.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Caller)]
pub(crate) struct CallerView<'a> {
    tenant: &'a TenantId,
    principal: &'a PrincipalId,
    kind: PrincipalKind,
    limited_to: Option<&'a BTreeSet<Role>>,
    token: Option<TokenId>,
}

impl<'a> CallerView<'a> {
    pub(crate) const fn of(caller: &'a Caller) -> Self {
        Self {
            tenant: &caller.tenant,
            principal: &caller.principal,
            kind: caller.kind,
            limited_to: caller.limited_to.as_ref(),
            token: caller.token,
        }
    }
}
