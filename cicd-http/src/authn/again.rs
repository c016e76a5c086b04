//! Asking anew who the client of an answer is that goes on for long.

use axum::http::request::Parts;
use cicd_core::authz::Caller;

use super::Unauthenticated;
use crate::api::Api;

/// Stands in the extensions of a request that was authenticated before and is again: that it fails now is no guessing.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnownBefore;

/// What a client showed when its answer began.
pub(crate) struct Shown {
    parts: Parts,
    request_id: Option<String>,
}

impl Shown {
    /// By a request that was found to be `caller`'s.
    pub(crate) fn by(caller: &Caller, mut parts: Parts) -> Self {
        parts.extensions.insert(KnownBefore);
        Self { parts, request_id: caller.request_id.clone() }
    }

    /// Whose it is now.
    pub(crate) async fn caller(&self, api: &Api) -> Result<Caller, Unauthenticated> {
        let caller = api.authenticator().authenticate(&self.parts).await?;
        Ok(Caller { request_id: self.request_id.clone(), ..caller })
    }
}
