//! The way to the server, and whether it is good enough.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, S3ConditionalPut};
use object_store::path::Path;
use object_store::{BackoffConfig, Error, ObjectStore, PutMode, RetryConfig, UpdateVersion};

use super::S3Address;
use super::failure::told;
use super::http::Connector;

/// How the server is reached. What is not said is read from the environment by its usual names: `AWS_ACCESS_KEY_ID`,
/// `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_WEB_IDENTITY_TOKEN_FILE` with `AWS_ROLE_ARN`, `AWS_REGION`, `AWS_ENDPOINT_URL`.
/// Without any credentials the role of the machine is asked for.
#[derive(Clone, Default)]
pub struct S3Options {
    endpoint: Option<String>,
    region: Option<String>,
    key: Option<(String, String)>,
}

impl S3Options {
    /// The server's address, such as `https://minio.example:9000`; without one it is Amazon's. Credentials don't belong in it.
    #[must_use]
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// The region, such as `eu-central-1`. Most servers other than Amazon's take any.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// An access key instead of one from the environment: its id and its secret.
    #[must_use]
    pub fn access_key(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.key = Some((id.into(), secret.into()));
        self
    }
}

impl fmt::Debug for S3Options {
    /// Without the access key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut options = f.debug_struct("S3Options");
        options.field("endpoint", &self.endpoint).field("region", &self.region).finish_non_exhaustive()
    }
}

/// Why blobs in S3 can't be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum S3Error {
    /// The address of the server is not one.
    #[error(
        "the endpoint is refused; accepted: `https://host:port` or `http://host:port` without credentials"
    )]
    Endpoint,
    /// The bucket could not be used.
    #[error("`{address}`: {message}")]
    Unusable {
        /// The bucket and prefix.
        address: String,
        /// What went wrong.
        message: String,
    },
    /// The server writes whatever the condition of a write says, so that two hosts would overwrite each other's logs.
    #[error(
        "the server ignores the conditions of writes; accepted: one that keeps `If-None-Match` and `If-Match`"
    )]
    Unconditional,
}

pub(super) fn connect(address: &S3Address, options: &S3Options) -> Result<Arc<dyn ObjectStore>, S3Error> {
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(address.bucket())
        .with_conditional_put(S3ConditionalPut::ETagMatch)
        .with_http_connector(Connector)
        .with_retry(retries());
    if let Some(endpoint) = &options.endpoint {
        builder = builder.with_endpoint(endpoint).with_config(AmazonS3ConfigKey::S3Endpoint, endpoint);
    }
    if let Some(region) = &options.region {
        builder = builder.with_region(region);
    }
    if let Some((id, secret)) = &options.key {
        builder = builder.with_access_key_id(id).with_secret_access_key(secret);
    }
    let endpoint = [AmazonS3ConfigKey::S3Endpoint, AmazonS3ConfigKey::Endpoint]
        .iter()
        .find_map(|key| builder.get_config_value(key));
    if let Some(endpoint) = endpoint {
        let is_plain = endpoint.starts_with("http://");
        if endpoint.contains('@') || !(is_plain || endpoint.starts_with("https://")) {
            return Err(S3Error::Endpoint);
        }
        builder = builder.with_allow_http(is_plain);
    }
    let store = builder.build().map_err(|error| unusable(address, &error))?;
    Ok(Arc::new(store))
}

/// Few and short: whoever waits is a person or an attempt, and is told.
fn retries() -> RetryConfig {
    let backoff = BackoffConfig {
        init_backoff: Duration::from_millis(50),
        max_backoff: Duration::from_secs(2),
        ..BackoffConfig::default()
    };
    RetryConfig { backoff, max_retries: 4, retry_timeout: Duration::from_secs(30) }
}

fn unusable(address: &S3Address, error: &Error) -> S3Error {
    S3Error::Unusable { address: address.to_string(), message: told(error) }
}

/// Writes `path` under conditions that don't hold, which must not succeed.
pub(super) async fn try_conditions(
    address: &S3Address,
    store: &dyn ObjectStore,
    path: &Path,
) -> Result<(), S3Error> {
    let write = |mode: PutMode| store.put_opts(path, Vec::new().into(), mode.into());
    match write(PutMode::Create).await {
        Ok(_) | Err(Error::AlreadyExists { .. }) => {}
        Err(error) => return Err(unusable(address, &error)),
    }
    let other = UpdateVersion { e_tag: Some("\"another\"".to_owned()), version: None };
    for mode in [PutMode::Create, PutMode::Update(other)] {
        match write(mode).await {
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => {}
            Ok(_) => return Err(S3Error::Unconditional),
            Err(error) => return Err(unusable(address, &error)),
        }
    }
    Ok(())
}
