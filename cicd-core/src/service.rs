//! What is shipped and where it runs: services and their deployments.

mod capabilities;
mod deployment;
mod registered;
mod spec;
mod target;
mod tier;

#[cfg(test)]
mod tests;

pub use capabilities::Capabilities;
pub use deployment::{Deployment, Hold, HoldReason};
pub use registered::{DESCRIPTION_LENGTH, NAME_LENGTH, Service, ServiceDraft};
pub use spec::DeploymentSpec;
pub use target::TARGET_BYTES;
pub use tier::Tier;
