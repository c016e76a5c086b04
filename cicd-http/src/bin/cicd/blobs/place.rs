//! A directory, or a bucket.

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

/// Where blobs are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Directory(PathBuf),
    /// An address of S3 as it was given; whether it is one is found out when it is opened.
    S3(String),
}

impl FromStr for Place {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(if text.starts_with("s3://") { Self::S3(text.to_owned()) } else { Self::Directory(text.into()) })
    }
}
