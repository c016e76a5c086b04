//! Names and ids. Slugs are chosen by people, UUIDv7 ids are drawn by the engine's `IdSource`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// A text that is not an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{input}` is not a {kind}; accepted: {accepted}")]
pub struct ParseIdError {
    kind: &'static str,
    input: String,
    accepted: &'static str,
}

impl ParseIdError {
    fn new(kind: &'static str, input: &str, accepted: &'static str) -> Self {
        Self { kind, input: input.chars().take(80).collect(), accepted }
    }

    /// What would be accepted.
    #[must_use]
    pub const fn accepted(&self) -> &'static str {
        self.accepted
    }
}

const SLUG: &str = "1 to 63 of `a-z`, `0-9` and `-`, beginning and ending with a letter or digit";
const PRINCIPAL: &str = "1 to 128 of letters, digits and `.@_+:/-`";
const UUID: &str = "a uuid in its hyphenated lower-case form";

fn is_slug(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..=63).contains(&text.len())
        && text.bytes().all(|byte| inner(byte) || byte == b'-')
        && text.bytes().next().is_some_and(inner)
        && text.bytes().last().is_some_and(inner)
}

fn is_principal(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".@_+:/-".contains(&byte))
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $accepts:ident, $accepted:ident, $pattern:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, pattern = $pattern))]
        pub struct $name(Box<str>);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                if $accepts(text) { Ok(Self(text.into())) } else { Err(ParseIdError::new($kind, text, $accepted)) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(
            feature = "openapi",
            derive(utoipa::ToSchema),
            schema(
                value_type = String,
                format = "uuid",
                pattern = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
            )
        )]
        pub struct $name(Uuid);

        impl $name {
            /// Takes a UUID that an `IdSource` drew.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID.
            #[must_use]
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match Uuid::try_parse(text) {
                    Ok(uuid) if uuid.as_hyphenated().to_string() == text => Ok(Self(uuid)),
                    _ => Err(ParseIdError::new($kind, text, UUID)),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

text_id!(
    /// Isolation boundary: everything belongs to one tenant, which comes from the caller's identity.
    TenantId, "tenant", is_slug, SLUG, r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
);
text_id!(
    /// What is built and shipped; the embedder chooses it.
    ServiceId, "service id", is_slug, SLUG, r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
);
text_id!(
    /// Where a service runs; the embedder chooses it.
    DeploymentId, "deployment id", is_slug, SLUG, r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
);
text_id!(
    /// The environment of a deployment, such as `staging`.
    Environment, "environment", is_slug, SLUG, r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
);
text_id!(
    /// The name under which the host registered an executor.
    ExecutorName, "executor name", is_slug, SLUG, r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
);
text_id!(
    /// The name of an analysis that an executor offers, such as `command`.
    AnalysisName, "analysis name", is_slug, SLUG, r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
);
text_id!(
    /// A role, such as `approver` or one that the host grants.
    Role, "role", is_slug, SLUG, r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
);
text_id!(
    /// A person or a service account, as the host's identity provider names it.
    PrincipalId, "principal", is_principal, PRINCIPAL, r"^[A-Za-z0-9.@_+:/-]{1,128}$"
);
text_id!(
    /// A step of a build, unique within its CI config.
    StepName, "step name", is_slug, SLUG, r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
);
text_id!(
    /// The name that people know an artifact by.
    ArtifactName, "artifact name", is_slug, SLUG, r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
);
text_id!(
    /// The name under which the host's secrets hold a value.
    SecretName, "secret name", is_slug, SLUG, r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
);
uuid_id!(
    /// A release.
    ReleaseId, "release id"
);
uuid_id!(
    /// A CI run.
    CiRunId, "ci run id"
);
uuid_id!(
    /// A freeze.
    FreezeId, "freeze id"
);
uuid_id!(
    /// A lock.
    LockId, "lock id"
);
uuid_id!(
    /// An API token.
    TokenId, "token id"
);
uuid_id!(
    /// A source of events. It can't be guessed: it is what a sender's address ends with.
    SourceId, "source id"
);
uuid_id!(
    /// One delivery of a source.
    DeliveryId, "delivery id"
);
uuid_id!(
    /// One attempt to carry out a rollout or a run: executors use it as an idempotency key.
    AttemptId, "attempt id"
);

/// Version of a row: it grows by one with every change; zero stands for a row that does not exist yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct RowVersion(pub u64);

impl RowVersion {
    /// The version of a row that does not exist.
    pub const ABSENT: Self = Self(0);

    /// The version after one more change.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for RowVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        for text in ["a", "shop-api", "0", &"a".repeat(63)] {
            assert!(text.parse::<ServiceId>().is_ok(), "{text}");
        }
        for text in ["", "-a", "a-", "A", "a_b", "ä", "a/b", "a\0", &"a".repeat(64)] {
            assert!(text.parse::<ServiceId>().is_err(), "{text}");
        }
    }

    #[test]
    fn uuids_have_one_spelling() {
        let text = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(text.parse::<ReleaseId>().unwrap().to_string(), text);
        assert!(text.to_uppercase().parse::<ReleaseId>().is_err());
        assert!(text.replace('-', "").parse::<ReleaseId>().is_err());
    }

    #[test]
    fn the_error_names_input_and_what_is_accepted() {
        let error = "A".parse::<TenantId>().unwrap_err().to_string();
        assert!(error.starts_with("`A` is not a tenant; accepted: 1 to 63"), "{error}");
    }
}
