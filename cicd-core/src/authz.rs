//! Who asks, for what, on what: the terms in which an authorizer decides.

mod action;
mod caller;
mod grant;
mod grant_key;
mod object;
mod offer;
mod permissions;
mod role_rights;
mod token;

pub use action::Action;
pub use caller::{Actor, Caller, PrincipalKind, SystemActor};
pub use grant::{Grant, GrantScope, PolicySnapshot, roles};
pub use grant_key::{GrantKey, NoGrantKey};
pub use object::Object;
pub use offer::{Offer, OfferName, offers};
pub use permissions::{Permission, Permissions};
pub use role_rights::{Reach, RoleRight, RoleRights, WhoCanWhat};
pub use token::{MAX_DAYS as MAX_TOKEN_DAYS, SessionFacts, Token, TokenDraft};

use serde::{Deserialize, Serialize};

/// What an authorizer says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// The caller may.
    Allow,
    /// The caller may not.
    Deny {
        /// Why, for the security chain and for people.
        reason: String,
    },
}
