//! What the engine needs from outside. Adapters implement these; they carry out, they never decide.

mod authorizer;
mod blobs;
mod cache;
mod changeset;
mod event_query;
mod executor;
mod filter;
mod grants;
mod ids;
mod load;
mod observer;
mod outcome;
mod parts;
mod place;
mod query;
mod record;
mod secrets;
mod standing;
mod stop;
mod store;
mod work;

pub use authorizer::{Authorizer, AuthorizerError};
pub use blobs::{BlobError, Blobs, ByteStream, LogChunk, LogName, StoredBlob};
pub use cache::{Cache, CachedPage, Head, HeadOf, HeadTable, Heads, Moment, PageKey};
pub use changeset::{ChangeSet, ResolveError, Resolved, ResolvedRow, Write};
pub use event_query::{EventQuery, Order, Topic};
pub use executor::{
    CiExecutor, CiJob, CiOutcome, Delivery, DeployExecutor, DeployJob, DeployStatus, StepSink, Verb,
    VerbOutcome,
};
pub use filter::{Born, ReleaseFilter, RunFilter};
pub use grants::RememberedGrants;
pub use ids::IdSource;
pub use load::{Load, Snapshot};
pub use observer::Observer;
pub use outcome::{KEPT_SECONDS as OUTCOME_KEPT_SECONDS, OperationKey, StoredOutcome};
pub use parts::{Part, SnapshotParts};
pub use place::Place;
pub use query::{ListOrder, ListQuery};
pub use record::{Record, RecordKey, RecordKind};
pub use secrets::{SecretError, SecretValue, Secrets};
pub use standing::{Standing, StandingPart, StandingParts};
pub use stop::{Stop, StopHandle};
pub use store::{Committed, Store, StoreError};
pub use work::{ClaimRequest, Lease, WorkKey, WorkerId};
