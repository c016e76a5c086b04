//! Rows as the engine sees them. A store keeps each as its JSON, with the columns that its lists need.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::authz::{Grant, Token};
use crate::cd::{CdConfig, PolicyFloor};
use crate::ci::CiConfig;
use crate::ci::run::CiRun;
use crate::gate::{Freeze, Lock};
use crate::id::RowVersion;
use crate::release::Release;
use crate::release::ledger::LedgerEntry;
use crate::release::queue::Queue;
use crate::service::{Deployment, Service};
use crate::source::{DeliveryMark, Source, SourceDelivery};
use crate::time::Timestamp;

macro_rules! records {
    ($($(#[$doc:meta])* $name:ident: $text:literal, $id:expr;)*) => {
        /// A row.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[expect(clippy::large_enum_variant, reason = "the large rows, releases and runs, are the common ones")]
        pub enum Record {
            $($(#[$doc])* $name($name),)*
        }

        /// The kind of a row.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum RecordKind {
            $($(#[$doc])* $name,)*
        }

        impl RecordKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The kind's name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }

        impl Record {
            /// The key of the row within its tenant.
            #[must_use]
            pub fn key(&self) -> RecordKey {
                match self {
                    $(Self::$name(row) => {
                        let id: fn(&$name) -> String = $id;
                        RecordKey { kind: RecordKind::$name, id: id(row) }
                    })*
                }
            }

            /// The version of the row.
            #[must_use]
            pub const fn row_version(&self) -> RowVersion {
                match self {
                    $(Self::$name(row) => row.row_version,)*
                }
            }

            /// The row as JSON.
            ///
            /// # Errors
            /// When the row does not serialise; validated rows do.
            pub fn body(&self) -> Result<Value, serde_json::Error> {
                match self {
                    $(Self::$name(row) => serde_json::to_value(row),)*
                }
            }

            /// Reads the row that [`Record::body`] wrote.
            ///
            /// # Errors
            /// When the row was altered.
            pub fn from_body(kind: RecordKind, body: &str) -> Result<Self, serde_json::Error> {
                Ok(match kind {
                    $(RecordKind::$name => Self::$name(serde_json::from_str(body)?),)*
                })
            }
        }

        $(impl From<$name> for Record {
            fn from(row: $name) -> Self {
                Self::$name(row)
            }
        }

        impl TryFrom<Record> for $name {
            type Error = RecordKey;

            fn try_from(record: Record) -> Result<Self, RecordKey> {
                match record {
                    Record::$name(row) => Ok(row),
                    other => Err(other.key()),
                }
            }
        })*
    };
}

records! {
    /// A service.
    Service: "service", |row| row.id.to_string();
    /// A deployment.
    Deployment: "deployment", |row| row.id.to_string();
    /// A service's CI config.
    CiConfig: "ci_config", |row| row.service.to_string();
    /// A deployment's CD config.
    CdConfig: "cd_config", |row| row.deployment.to_string();
    /// A CI run.
    CiRun: "ci_run", |row| row.id.to_string();
    /// A release.
    Release: "release", |row| row.id().to_string();
    /// The queue of a deployment.
    Queue: "queue", |row| row.deployment.to_string();
    /// An entry of the stable ledger.
    LedgerEntry: "ledger_entry", |row| row.release.to_string();
    /// A tier's policy floor.
    PolicyFloor: "policy_floor", |row| row.tier.as_str().to_owned();
    /// A freeze.
    Freeze: "freeze", |row| row.id.to_string();
    /// A lock.
    Lock: "lock", |row| row.id.to_string();
    /// A grant.
    Grant: "grant", Grant::key;
    /// An API token.
    Token: "token", |row| row.id.to_string();
    /// A source of events.
    Source: "source", |row| row.id.to_string();
    /// A delivery of a source.
    SourceDelivery: "source_delivery", |row| row.id.to_string();
    /// That a delivery was taken.
    DeliveryMark: "delivery_mark", |row| row.key.clone();
}

/// The key of a row within its tenant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordKey {
    /// The kind.
    pub kind: RecordKind,
    /// The id.
    pub id: String,
}

impl RecordKey {
    /// The key of the row `id` of `kind`.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "ids that are copied and ids that are lent come alike")]
    pub fn new(kind: RecordKind, id: impl ToString) -> Self {
        Self { kind, id: id.to_string() }
    }
}

impl std::fmt::Display for RecordKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind.as_str(), self.id)
    }
}

impl Record {
    /// When a worker should look at the row; `None` where none should.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        match self {
            Self::CiRun(run) => run.due(),
            Self::Release(release) => release.due(),
            _ => None,
        }
    }

    /// The revision that the row holds, for rows of which every revision is kept.
    #[must_use]
    pub const fn revision(&self) -> Option<u32> {
        match self {
            Self::Deployment(row) => Some(row.revision),
            Self::CiConfig(row) => Some(row.revision),
            Self::CdConfig(row) => Some(row.revision),
            _ => None,
        }
    }

    /// The row as the commit at `at` leaves it: one version on, with its times.
    pub(super) fn stamped(mut self, at: Timestamp) -> Self {
        let is_new = self.row_version() == RowVersion::ABSENT;
        let version = self.row_version().next();
        macro_rules! stamp {
            ($row:expr, $created:ident) => {{
                if is_new {
                    $row.$created = at;
                }
                $row.row_version = version;
            }};
            ($row:expr, $created:ident, $updated:ident) => {{
                $row.$updated = at;
                stamp!($row, $created);
            }};
        }
        match &mut self {
            Self::Service(row) => stamp!(row, created_at, updated_at),
            Self::Deployment(row) => stamp!(row, created_at, updated_at),
            Self::CiConfig(row) => stamp!(row, updated_at, updated_at),
            Self::CdConfig(row) => stamp!(row, updated_at, updated_at),
            Self::Queue(row) => stamp!(row, updated_at, updated_at),
            Self::PolicyFloor(row) => {
                row.updated_at = Some(at);
                row.row_version = version;
            }
            Self::LedgerEntry(row) => stamp!(row, added_at),
            Self::Freeze(row) => stamp!(row, created_at),
            Self::Lock(row) => stamp!(row, created_at),
            Self::Grant(row) => stamp!(row, granted_at),
            Self::Token(row) => stamp!(row, created_at),
            Self::Source(row) => stamp!(row, created_at, updated_at),
            Self::SourceDelivery(row) => stamp!(row, received_at),
            Self::DeliveryMark(row) => stamp!(row, marked_at),
            // These two are folded from their events, which carry the time.
            Self::CiRun(_) | Self::Release(_) => {}
        }
        self
    }
}
