//! A source as a caller asks for it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{EventKind, Provider, Scheme, SecretRef};
use crate::id::ServiceId;
use crate::violation::{Fields, Path, Violations, parsed};

/// The most secrets of a source: the one that signs, the one that replaces it, and one more.
pub const MAX_SECRETS: usize = 3;

/// A source as a caller asks for it.
///
/// ```
/// use cicd_core::source::{Provider, Scheme, SourceDraft};
/// let draft = SourceDraft::parse(&serde_json::json!({
///     "name": "Shop on GitHub", "service": "shop", "provider": "github", "secrets": [{"secret": "shop-hook"}],
/// }))?;
/// assert_eq!((draft.provider, draft.scheme), (Provider::Github, Scheme::Signature));
/// # Ok::<(), cicd_core::violation::Violations>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourceDraft {
    /// The name, for people, 1 to 100 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub name: String,
    /// The service whose runs it starts.
    pub service: ServiceId,
    /// Who sends.
    pub provider: Provider,
    /// What shows that it is them; `signature` unless said.
    #[cfg_attr(feature = "openapi", schema(default = "signature"))]
    pub scheme: Scheme,
    /// The secrets, 1 to [`MAX_SECRETS`].
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 3))]
    pub secrets: Vec<SecretRef>,
    /// What may start a run; pushes and tags unless said, because forges tell of a merge by a push too.
    #[cfg_attr(feature = "openapi", schema(max_items = 3, default = json!(["push", "tag"])))]
    pub events: Vec<EventKind>,
}

impl SourceDraft {
    /// Reads a draft.
    ///
    /// # Errors
    /// Every violation of the draft.
    pub fn parse(value: &Value) -> Result<Self, Violations> {
        Violations::collect(|violations| Self::fields(value, violations))
    }

    fn fields(value: &Value, violations: &mut Violations) -> Option<Self> {
        let mut fields = Fields::of(value, &Path::root(), violations)?;
        let name = fields.text("name", violations, 1..=100);
        let service = fields.parsed("service", "service", violations);
        let provider = fields.parsed("provider", "unknown_choice", violations);
        let scheme = fields.choice("scheme", Scheme::Signature, violations);
        if let (Some(provider), Some(Scheme::Token)) = (provider, scheme)
            && provider != Provider::Gitlab
        {
            let message = format!("`{provider}` sends no token; accepted: `signature`");
            violations.push("/scheme", "unknown_choice", message);
        }
        let secrets = secrets(&mut fields, violations);
        let events = events(&mut fields, violations);
        fields.finish(violations);
        Some(Self { name: name?, service: service?, provider: provider?, scheme: scheme?, secrets, events })
    }
}

fn secrets(fields: &mut Fields<'_>, violations: &mut Violations) -> Vec<SecretRef> {
    let listed = fields.list("secrets", MAX_SECRETS, violations);
    if listed.is_empty() {
        violations.push(
            "/secrets",
            "required",
            "a source has at least one secret, such as `{\"secret\": \"name\"}`",
        );
    }
    let read = listed.into_iter().filter_map(|(value, path)| {
        let mut fields = Fields::of(value, &path, violations)?;
        let secret = fields.parsed("secret", "name", violations);
        fields.finish(violations);
        Some(SecretRef { secret: secret? })
    });
    read.collect()
}

fn events(fields: &mut Fields<'_>, violations: &mut Violations) -> Vec<EventKind> {
    let listed = fields.list("events", EventKind::ALL.len(), violations);
    if listed.is_empty() {
        return vec![EventKind::Push, EventKind::Tag];
    }
    let read: BTreeSet<_> = listed
        .into_iter()
        .filter_map(|(value, path)| parsed(value, &path, "unknown_choice", violations))
        .collect();
    read.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn codes(value: &Value) -> Vec<(String, String)> {
        let violations = SourceDraft::parse(value).unwrap_err();
        violations.iter().map(|violation| (violation.path.clone(), violation.code.to_string())).collect()
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let draft = json!({
            "name": "", "service": "A", "provider": "svn", "scheme": "none", "secrets": [{"secret": "a"}, {}, "b"],
            "events": ["push", "fork"], "secret": "in clear",
        });
        let expected = [
            ("/name", "length"),
            ("/service", "service"),
            ("/provider", "unknown_choice"),
            ("/scheme", "unknown_choice"),
            ("/secrets/1/secret", "required"),
            ("/secrets/2", "wrong_type"),
            ("/events/1", "unknown_choice"),
            ("/secret", "unknown_field"),
        ];
        assert_eq!(codes(&draft), expected.map(|(path, code)| (path.to_owned(), code.to_owned())));
    }

    #[test]
    fn only_gitlab_sends_a_token() {
        let draft = |provider: Provider| {
            json!({"name": "x", "service": "shop", "provider": provider, "scheme": "token",
                "secrets": [{"secret": "a"}]})
        };
        for provider in Provider::ALL {
            let accepted = SourceDraft::parse(&draft(*provider)).is_ok();
            assert_eq!(accepted, *provider == Provider::Gitlab, "{provider}");
        }
    }

    #[test]
    fn a_source_without_a_secret_is_refused() {
        let draft = json!({"name": "x", "service": "shop", "provider": "github", "secrets": []});
        assert_eq!(codes(&draft), [("/secrets".to_owned(), "required".to_owned())]);
    }
}
