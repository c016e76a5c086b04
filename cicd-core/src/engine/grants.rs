//! Grants: who holds which role, and where. Each change makes the governance epoch one more.

use super::carry_out::{Command, Needed, Step};
use super::change::By;
use super::error::EngineError;
use super::{Engine, Options, Outcome};
use crate::audit::{Subject, SubjectKind};
use crate::authz::{Action, Caller, Grant, GrantKey, GrantScope, Object, roles};
use crate::id::{PrincipalId, Role, RowVersion};
use crate::port::{ChangeSet, Load, Record, RecordKey, RecordKind, Snapshot};
use crate::time::Timestamp;

impl Engine {
    /// Gives a principal a role.
    ///
    /// # Errors
    /// [`EngineError::Denied`].
    pub async fn grant(
        &self,
        caller: &Caller,
        key: &GrantKey,
        options: &Options,
    ) -> Result<Outcome<Grant>, EngineError> {
        let row = RecordKey::new(RecordKind::Grant, key);
        self.carry_out(Command {
            caller,
            name: "role.grant",
            load: Load::record(row.clone()),
            options,
            need: &|_| Ok(Needed::to(Action::ManageRoles, Object::tenant())),
            decide: &|snapshot, _| {
                if let Some(same @ Record::Grant(_)) = &snapshot.record {
                    return Ok(Step::Unchanged(Box::new(same.clone())));
                }
                let mut change = grant_change(&By::caller(caller), key, &caller.principal)?;
                change.governs();
                Ok(Step::commit(change, row.clone()))
            },
        })
        .await
    }

    /// Takes a role from a principal. Votes that were cast with it count no more.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Denied`], [`EngineError::VersionMoved`]; [`EngineError::LastAdmin`] when
    /// nobody could give roles any more.
    pub async fn revoke_grant(
        &self,
        caller: &Caller,
        key: &GrantKey,
        options: &Options,
    ) -> Result<Outcome<()>, EngineError> {
        let row = RecordKey::new(RecordKind::Grant, key);
        self.carry_out_delete(Command {
            caller,
            name: "role.revoke",
            load: Load::record(row.clone()),
            options,
            need: &|_| Ok(Needed::to(Action::ManageRoles, Object::tenant())),
            decide: &|snapshot, _| {
                let gone =
                    snapshot.record.as_ref().ok_or_else(|| EngineError::not_found("grant", &row.id))?;
                if is_last_admin(snapshot, key) {
                    return Err(EngineError::LastAdmin { principal: key.principal.clone() });
                }
                let subject = Subject::new(SubjectKind::Grant, row.id.clone());
                let mut change = By::caller(caller).delete("role.revoked", subject, gone, &audited(key))?;
                change.governs();
                Ok(Step::commit(change, row.clone()))
            },
        })
        .await
    }
}

/// Whether `key` is the one grant left that makes somebody an admin of the whole tenant.
fn is_last_admin(snapshot: &Snapshot, key: &GrantKey) -> bool {
    let governs =
        |role: &Role, scope: &GrantScope| role.as_str() == roles::ADMIN && *scope == GrantScope::default();
    let others = snapshot.policy.grants.iter().filter(|grant| grant.principal != key.principal);
    governs(&key.role, &key.scope) && !others.into_iter().any(|grant| governs(&grant.role, &grant.scope))
}

/// A grant of `key` by `by`.
pub(super) fn grant_change(
    by: &By,
    key: &GrantKey,
    granted_by: &PrincipalId,
) -> Result<ChangeSet, EngineError> {
    let GrantKey { principal, role, scope } = key.clone();
    let grant = Grant {
        principal,
        role,
        scope,
        granted_by: granted_by.clone(),
        granted_at: Timestamp::EPOCH,
        row_version: RowVersion::ABSENT,
    };
    let subject = Subject::new(SubjectKind::Grant, grant.key());
    by.put("role.granted", subject, Record::Grant(grant), None, &audited(key))
}

/// What the audit tells of a grant.
const fn audited(key: &GrantKey) -> (&PrincipalId, &Role, &GrantScope) {
    (&key.principal, &key.role, &key.scope)
}
