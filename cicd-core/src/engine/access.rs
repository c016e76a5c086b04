//! Tokens: who may call.

use std::collections::BTreeSet;

use serde::Serialize;

use super::carry_out::{Command, Needed, Step};
use super::change::By;
use super::error::EngineError;
use super::grants::grant_change;
use super::{Engine, Options, Outcome};
use crate::audit::{Subject, SubjectKind};
use crate::authz::{
    Action, Actor, Caller, GrantKey, MAX_TOKEN_DAYS, Object, PrincipalKind, SystemActor, Token, TokenDraft,
    roles,
};
use crate::digest::Digest;
use crate::id::{PrincipalId, Role, RowVersion, TenantId, TokenId};
use crate::port::{ChangeSet, Load, Record, RecordKey, RecordKind, Snapshot, StoreError};
use crate::time::Timestamp;

const PREFIX: &str = "cicd_";
/// Sessions have a prefix of their own: neither passes for the other.
pub(super) const SESSION_PREFIX: &str = "cicds_";
const SECRET_BYTES: usize = 24;
const CHECKSUM_DIGITS: usize = 8;
pub(super) const HINT_CHARACTERS: usize = 11;

/// A token that was just created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// The token as it is kept.
    pub token: Token,
    /// The text that authenticates: told once, never again, and so not to a request that is repeated.
    pub secret: Option<String>,
}

impl Engine {
    /// Creates an API token: `cicd_`, 48 hex digits (192 random bits) and 8 of a checksum. Its principal is granted, for
    /// the whole tenant, the roles that it holds nowhere yet; one that it holds somewhere it has there alone.
    ///
    /// Whoever has a token can act with its roles, so that one for somebody else, or with a role that the caller does not
    /// use, takes `role.manage` beside `token.manage`.
    ///
    /// # Errors
    /// [`EngineError::Denied`].
    pub async fn create_token(
        &self,
        caller: &Caller,
        draft: &TokenDraft,
        options: &Options,
    ) -> Result<Outcome<NewToken>, EngineError> {
        let secret = self.new_secret(PREFIX);
        let outcome: Outcome<Token> = self
            .carry_out(Command {
                caller,
                name: "token.create",
                load: Load::tenant(),
                options,
                need: &|snapshot| {
                    let needed = Needed::to(Action::ManageTokens, Object::tenant());
                    Ok(if is_own(draft, caller, snapshot) { needed } else { needed.and(Action::ManageRoles) })
                },
                decide: &|snapshot, _| {
                    let token = self.new_token(draft, &secret, &caller.principal, snapshot.now);
                    let answer = Record::Token(token.clone()).key();
                    Ok(Step::commit(token_change(&By::caller(caller), snapshot, &token)?, answer))
                },
            })
            .await?;
        let told = !outcome.replayed && !options.dry_run;
        Ok(outcome.map(|token| NewToken { token, secret: told.then_some(secret) }))
    }

    /// Revokes an API token. It stops working with the commit.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`], [`EngineError::VersionMoved`].
    pub async fn revoke_token(
        &self,
        caller: &Caller,
        id: TokenId,
        options: &Options,
    ) -> Result<Outcome<Token>, EngineError> {
        self.carry_out(Command {
            caller,
            name: "token.revoke",
            load: Load::record(RecordKey::new(RecordKind::Token, id)),
            options,
            need: &|snapshot| {
                found_token(snapshot, id)?;
                Ok(Needed::to(Action::ManageTokens, Object::tenant()))
            },
            decide: &|snapshot, _| {
                let token = found_token(snapshot, id)?;
                if token.revoked_at.is_some() {
                    return Ok(Step::Unchanged(Box::new(Record::Token(token.clone()))));
                }
                let after = Token { revoked_at: Some(snapshot.now), ..token.clone() };
                let record = Record::Token(after);
                let answer = record.key();
                let subject = Subject::new(SubjectKind::Token, id.to_string());
                let mut change = By::caller(caller).put(
                    "token.revoked",
                    subject,
                    record,
                    Some(&audited(token)),
                    &Audited::gone(),
                )?;
                change.governs();
                Ok(Step::commit(change, answer))
            },
        })
        .await
    }

    /// Who shows the token `text`; `None` for anything that is not a token that works.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`].
    pub async fn authenticate(&self, text: &str) -> Result<Option<Caller>, EngineError> {
        if !is_well_formed(PREFIX, text) {
            return Ok(None);
        }
        let found = self.store().token(Digest::of(text.as_bytes())).await?;
        let Some((tenant, token, now)) = found.filter(|(_, token, now)| token.works(*now)) else {
            return Ok(None);
        };
        self.note_use(&tenant, token.id, now).await;
        Ok(Some(token.caller(tenant)))
    }

    /// Creates the first token of a new tenant, with the role `admin`; `None` when the tenant has an event already.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`].
    pub async fn bootstrap(
        &self,
        tenant: &TenantId,
        admin: &PrincipalId,
    ) -> Result<Option<NewToken>, EngineError> {
        let snapshot = self.store().load(tenant, &Load::tenant()).await?;
        if snapshot.ledger_seq > 0 {
            return Ok(None);
        }
        let secret = self.new_secret(PREFIX);
        let draft = TokenDraft {
            principal: admin.clone(),
            kind: PrincipalKind::Person,
            roles: roles::all().into_iter().filter(|role| role.as_str() == roles::ADMIN).collect(),
            expires_in_days: MAX_TOKEN_DAYS,
        };
        let actor = Actor::System { part: SystemActor::Bootstrap };
        let by = By { tenant: tenant.clone(), actor, request_id: None, trace: None };
        let token = self.new_token(&draft, &secret, admin, snapshot.now);
        let mut change = token_change(&by, &snapshot, &token)?;
        change.under_governance(snapshot.policy.epoch);
        match self.commit(change).await {
            Ok(_) => Ok(Some(NewToken { token, secret: Some(secret) })),
            // Another host was first.
            Err(StoreError::GovernanceMoved | StoreError::Stale { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn new_secret(&self, prefix: &str) -> String {
        let body: String =
            self.0.ids.secret().iter().take(SECRET_BYTES).map(|byte| format!("{byte:02x}")).collect();
        format!("{prefix}{body}{}", checksum(&body))
    }

    fn new_token(&self, draft: &TokenDraft, secret: &str, by: &PrincipalId, now: Timestamp) -> Token {
        Token {
            id: TokenId::from_uuid(self.0.ids.uuid(now)),
            principal: draft.principal.clone(),
            kind: draft.kind,
            roles: draft.roles.clone(),
            hash: Digest::of(secret.as_bytes()),
            hint: secret.chars().take(HINT_CHARACTERS).collect(),
            expires_at: now.plus_seconds(draft.expires_in_days.saturating_mul(86_400)),
            created_by: by.clone(),
            created_at: Timestamp::EPOCH,
            revoked_at: None,
            session: None,
            row_version: RowVersion::ABSENT,
        }
    }
}

fn checksum(body: &str) -> String {
    Digest::of(body.as_bytes()).hex().chars().take(CHECKSUM_DIGITS).collect()
}

pub(super) fn is_well_formed(prefix: &str, text: &str) -> bool {
    let body = text.strip_prefix(prefix).and_then(|rest| rest.split_at_checked(2 * SECRET_BYTES));
    body.is_some_and(|(body, sum)| body.bytes().all(|b| b.is_ascii_hexdigit()) && sum == checksum(body))
}

pub(super) fn found_token(snapshot: &Snapshot, id: TokenId) -> Result<&Token, EngineError> {
    match &snapshot.record {
        Some(Record::Token(token)) => Ok(token),
        _ => Err(EngineError::not_found("token", id)),
    }
}

/// What the audit tells of a token: neither its hash nor a time.
#[derive(Serialize)]
struct Audited<'a> {
    principal: Option<&'a PrincipalId>,
    roles: Option<&'a BTreeSet<Role>>,
    revoked: bool,
}

impl Audited<'_> {
    const fn gone() -> Self {
        Self { principal: None, roles: None, revoked: true }
    }
}

fn audited(token: &Token) -> Audited<'_> {
    Audited {
        principal: Some(&token.principal),
        roles: Some(&token.roles),
        revoked: token.revoked_at.is_some(),
    }
}

/// Whether the token lets nobody do what the caller can't do anyway.
fn is_own(draft: &TokenDraft, caller: &Caller, snapshot: &Snapshot) -> bool {
    let held = snapshot.policy.roles_anywhere(&caller.principal);
    let is_used =
        |role| held.contains(role) && caller.limited_to.as_ref().is_none_or(|limit| limit.contains(role));
    draft.principal == caller.principal && draft.roles.iter().all(is_used)
}

fn token_change(by: &By, snapshot: &Snapshot, token: &Token) -> Result<ChangeSet, EngineError> {
    let subject = Subject::new(SubjectKind::Token, token.id.to_string());
    let record = Record::Token(token.clone());
    let mut change = by.put("token.created", subject, record, None, &audited(token))?;
    let held = snapshot.policy.roles_anywhere(&token.principal);
    for role in token.roles.difference(&held) {
        let key = GrantKey::new(token.principal.clone(), role.clone());
        change.merge(grant_change(by, &key, &token.created_by)?);
    }
    // Even a token that grants nothing new governs: the callers' epoch must see a first one.
    change.governs();
    Ok(change)
}
