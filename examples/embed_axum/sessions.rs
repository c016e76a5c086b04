//! The host's own way to know who asks: sessions, by a cookie.

use std::collections::HashMap;
use std::fmt::Write as _;

use async_trait::async_trait;
use axum::http::header;
use axum::http::request::Parts;
use cicd_core::authz::Caller;
use cicd_core::port::IdSource as _;
use cicd_http::{Authenticator, RandomIds, Unauthenticated};

/// Who is logged in, by session.
#[derive(Default)]
pub(crate) struct Sessions(HashMap<String, Caller>);

impl Sessions {
    /// Begins a session of `caller`, and gives its id.
    pub(crate) fn begin(&mut self, caller: Caller) -> String {
        let mut id = String::with_capacity(64);
        for byte in RandomIds.secret() {
            // Writing to a text can't fail.
            let _ = write!(id, "{byte:02x}");
        }
        self.0.insert(id.clone(), caller);
        id
    }
}

#[async_trait]
impl Authenticator for Sessions {
    async fn authenticate(&self, parts: &Parts) -> Result<Caller, Unauthenticated> {
        let cookies = parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|cookies| cookies.split("; "));
        let session = pairs.find_map(|pair| pair.strip_prefix("session=")).ok_or(Unauthenticated::Missing)?;
        self.0.get(session).cloned().ok_or(Unauthenticated::Invalid)
    }
}
