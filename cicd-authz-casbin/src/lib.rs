//! [`Authorizer`](cicd_core::port::Authorizer) on Casbin for the release-governance engine.
//!
//! Two questions make a verdict, and each has one place:
//!
//! - *Which roles does the caller hold here?* The tenant's grants say so; they come with every call as a
//!   [`PolicySnapshot`](cicd_core::authz::PolicySnapshot) and are narrowed by their scope and by what the credential is
//!   limited to.
//! - *May one of these roles do this, to that object, in this tenant?* Casbin decides it, with a model and a policy that are
//!   loaded once: ours, or an operator's own files. Neither ever comes from a request.
//!
//! Casbin's cost grows with the lines of its policy, so the grants stay out of it: one enforcer serves all tenants, and ten
//! thousand grants make no verdict slower than ten by more than a walk over them. Verdicts are remembered per tenant and
//! governance epoch, never longer.
//!
//! ```
//! # use cicd_authz_casbin::CasbinAuthorizer;
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let authorizer = CasbinAuthorizer::default_roles().await?;
//! println!("{}", authorizer.table()?);
//! # Ok(())
//! # }
//! ```

mod authorizer;
mod error;
mod memory;
mod object;
mod policy;
mod rules;
mod table;
mod told;

pub use authorizer::CasbinAuthorizer;
pub use error::LoadError;

/// The default model, as text: what a model of one's own begins with.
pub const DEFAULT_MODEL: &str = include_str!("model.conf");

/// The default roles, as the text of a policy: what a policy of one's own begins with.
pub const DEFAULT_POLICY: &str = include_str!("policy.csv");
