//! CI and deploy executors for the release-governance engine.
//!
//! | feature | adds |
//! |---|---|
//! | `command` (default; Linux only) | CI runs and deployments as child processes of the host |
//! | `s3` | [`S3Blobs`](blobs::s3::S3Blobs): artifacts and logs in S3-compatible storage |
//!
//! Without features: [`FsBlobs`](blobs::FsBlobs), artifacts and logs on the local file system, and two kinds of
//! [`secrets`]. Both need Unix.

#[cfg(unix)]
pub mod blobs;
#[cfg(all(feature = "command", target_os = "linux"))]
pub mod command;
#[cfg(unix)]
pub mod secrets;
