//! Sources of events: a forge, or anything that signs what it sends, may start the runs of a service.
//!
//! What a source sends is verified by the scheme of the *configured* provider over the bytes as they came, before anything
//! in them is read; no header chooses the scheme. Only then [`read()`] tells what happened: a push, a tag, or a merged
//! change. Everything else is ignored, with a reason that the source's delivery log keeps.
//!
//! | provider | signed by | event | id of the delivery |
//! |---|---|---|---|
//! | `github` | `X-Hub-Signature-256: sha256=<hex>` | `X-GitHub-Event` | `X-GitHub-Delivery` |
//! | `gitlab`, scheme `signature` | Standard Webhooks | `X-Gitlab-Event` | `webhook-id` |
//! | `gitlab`, scheme `token` | `X-Gitlab-Token` | `X-Gitlab-Event` | `Idempotency-Key`, else `X-Gitlab-Event-UUID` |
//! | `gitea` | `X-Gitea-Signature: <hex>` | `X-Gitea-Event` | `X-Gitea-Delivery` |
//! | `forgejo` | `X-Forgejo-Signature: <hex>` | `X-Forgejo-Event` | `X-Forgejo-Delivery` |
//! | `bitbucket` | `X-Hub-Signature: sha256=<hex>` | `X-Event-Key` | `X-Request-UUID`, else `X-Request-Id` |
//! | `standard-webhooks` | Standard Webhooks | `type` in the body | `webhook-id` |

mod config;
mod delivery;
mod draft;
mod event;
mod headers;
mod place;
mod read;
#[cfg(feature = "engine")]
mod verify;

pub use config::{EventKind, Provider, Scheme, SecretRef, Source};
pub use delivery::{Change, ChangeOutcome, DeliveryMark, DeliveryOutcome, SourceDelivery};
pub use draft::{MAX_SECRETS, SourceDraft};
pub use event::{IgnoreReason, Reading, SourceEvent};
pub use headers::{HeaderError, Headers};
pub use place::is_of;
pub use read::{MAX_CHANGED_PATHS, MAX_CHANGES, read};
#[cfg(feature = "engine")]
pub use verify::{MIN_SECRET_BYTES, TOLERANCE_SECONDS, Unverified, verify};
