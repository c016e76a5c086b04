//! When tokens were last used: noted now and then, so that a busy token does not cost a write with each request.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use super::Engine;
use super::error::EngineError;
use crate::authz::{Action, Caller, Object};
use crate::id::{TenantId, TokenId};
use crate::port::Load;
use crate::time::Timestamp;

/// How exactly the last use of a token is known, in seconds: of uses that follow within this time, one engine notes the first.
pub const TOKEN_USE_SECONDS: u64 = 600;

/// More tokens than these are forgotten all at once: their next uses are noted earlier than they need be.
const MOST: usize = 10_000;

/// The uses that this engine noted last.
#[derive(Debug, Default)]
pub(super) struct TokenUses(Mutex<HashMap<TokenId, Timestamp>>);

impl TokenUses {
    /// Whether a use at `now` is to be noted. Whoever asks first is the one who notes it.
    fn is_due(&self, token: TokenId, now: Timestamp) -> bool {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.get(&token).is_some_and(|at| now < at.plus_seconds(TOKEN_USE_SECONDS)) {
            return false;
        }
        if noted.len() >= MOST {
            noted.clear();
        }
        noted.insert(token, now);
        true
    }
}

impl Engine {
    /// When each of a few tokens of the caller's tenant was last used, to within [`TOKEN_USE_SECONDS`]; one that was never used
    /// is left out.
    ///
    /// # Errors
    /// [`EngineError::Denied`], [`EngineError::Unavailable`].
    pub async fn token_uses(
        &self,
        caller: &Caller,
        tokens: &[TokenId],
    ) -> Result<BTreeMap<TokenId, Timestamp>, EngineError> {
        self.look(caller, Action::ManageTokens, &Load::tenant(), |_| Ok(Object::tenant())).await?;
        Ok(self.store().token_uses(&caller.tenant, tokens).await?)
    }

    /// Notes that a token was used.
    pub(super) async fn note_use(&self, tenant: &TenantId, token: TokenId, now: Timestamp) {
        if self.0.token_uses.is_due(token, now) {
            // That a use could not be noted, on a full disk for one, is no reason to turn its caller away.
            let _ = self.store().use_token(tenant, token, now).await;
        }
    }
}
