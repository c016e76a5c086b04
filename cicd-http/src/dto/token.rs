//! API tokens without their hash.

use std::collections::BTreeSet;

use cicd_core::authz::{PrincipalKind, Token};
use cicd_core::engine::{NewToken, SESSION_IDLE_SECONDS, Session};
use cicd_core::id::{PrincipalId, Role, RowVersion, TokenId};
use cicd_core::time::Timestamp;
use serde::Serialize;

/// A token as it is listed.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Token)]
pub(crate) struct TokenView {
    id: TokenId,
    principal: PrincipalId,
    kind: PrincipalKind,
    roles: BTreeSet<Role>,
    hint: String,
    expires_at: Timestamp,
    created_by: PrincipalId,
    created_at: Timestamp,
    revoked_at: Option<Timestamp>,
    /// When it was last used, to within ten minutes.
    last_used_at: Option<Timestamp>,
    /// The token that opened it, where it is a browser's session.
    opened_by: Option<TokenId>,
    row_version: RowVersion,
}

/// The session that a request showed.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionView {
    /// Its id, by which an admin can end it as a token.
    id: TokenId,
    principal: PrincipalId,
    kind: PrincipalKind,
    roles: BTreeSet<Role>,
    /// The token that opened it, and with which it ends.
    opened_by: Option<TokenId>,
    /// When it ends, whatever is done.
    expires_at: Timestamp,
    /// After how many seconds it ends, unless it is asked for again.
    idle_seconds: u64,
    row_version: RowVersion,
}

/// A token that was just created, with the text that authenticates: `null` for a repeated request and for a dry run.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = NewToken)]
pub(crate) struct NewTokenView {
    #[serde(flatten)]
    view: TokenView,
    token: Option<String>,
}

impl TokenView {
    pub(crate) fn of(token: Token, last_used_at: Option<Timestamp>) -> Self {
        Self {
            id: token.id,
            principal: token.principal,
            kind: token.kind,
            roles: token.roles,
            hint: token.hint,
            expires_at: token.expires_at,
            created_by: token.created_by,
            created_at: token.created_at,
            revoked_at: token.revoked_at,
            last_used_at,
            opened_by: token.session.map(|facts| facts.opened_by),
            row_version: token.row_version,
        }
    }
}

impl SessionView {
    pub(crate) fn of(session: Session) -> Self {
        let (seconds, token) = (session.seconds_left, session.token);
        Self {
            id: token.id,
            principal: token.principal,
            kind: token.kind,
            roles: token.roles,
            opened_by: token.session.map(|facts| facts.opened_by),
            expires_at: token.expires_at,
            idle_seconds: SESSION_IDLE_SECONDS.min(seconds),
            row_version: token.row_version,
        }
    }
}

impl NewTokenView {
    pub(crate) fn of(new: &NewToken) -> Self {
        Self { view: TokenView::of(new.token.clone(), None), token: new.secret.clone() }
    }
}
