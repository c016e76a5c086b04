//! Why a model or a policy was refused.

use std::path::PathBuf;

/// A model or a policy that can't be used. Nothing runs under it.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file could not be read.
    #[error("`{}` can't be read", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file was read, and says what can't be honoured.
    #[error("`{}` can't be used", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why; a policy's line is named.
        #[source]
        source: Box<Self>,
    },
    /// The model is not one that Casbin reads.
    #[error("the model can't be used: {0}")]
    Casbin(#[from] casbin::Error),
    /// A section of the model says what this authorizer can't honour.
    #[error("the model's `{section}` is `{found}`; accepted: `{accepted}`")]
    Model {
        /// The section.
        section: &'static str,
        /// What it says; empty when it is missing.
        found: String,
        /// What it may say.
        accepted: &'static str,
    },
    /// A line of the policy is wrong.
    #[error("line {line} of the policy: {message}")]
    Policy {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it, and what would be accepted.
        message: String,
    },
    /// The matcher fails, or allows what no line of the policy says.
    #[error("the model's matcher can't be used: {0}")]
    Matcher(String),
}
