//! Where blobs are.

use std::fmt;
use std::str::FromStr;

/// A bucket and a prefix of the keys in it: `s3://bucket/prefix`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Address {
    bucket: String,
    prefix: String,
}

/// A text that is no address of S3.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no place in S3; accepted: `s3://bucket` or `s3://bucket/prefix` of letters, digits, `.`, `-` and `_`; \
     credentials come from the environment"
)]
pub struct S3AddressError(String);

impl S3Address {
    /// The bucket.
    #[must_use]
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// What the keys begin with, without a slash at either end; empty for the whole bucket.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }
}

impl FromStr for S3Address {
    type Err = S3AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // What stands before an `@` may be a secret: it is not repeated.
        let refused = || S3AddressError(text.rsplit_once('@').map_or(text, |(_, rest)| rest).to_owned());
        let place = text.strip_prefix("s3://").ok_or_else(refused)?;
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        let is_name = |name: &str| {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
            !name.is_empty() && name != "." && name != ".." && name.chars().all(is_plain)
        };
        if is_name(bucket) && (prefix.is_empty() || prefix.split('/').all(is_name)) {
            Ok(Self { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
        } else {
            Err(refused())
        }
    }
}

impl fmt::Display for S3Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slash = if self.prefix.is_empty() { "" } else { "/" };
        write!(f, "s3://{}{slash}{}", self.bucket, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_bucket_and_perhaps_a_prefix() {
        for (text, bucket, prefix, told) in [
            ("s3://blobs", "blobs", "", "s3://blobs"),
            ("s3://blobs/", "blobs", "", "s3://blobs"),
            ("s3://blobs/cicd/eu/", "blobs", "cicd/eu", "s3://blobs/cicd/eu"),
        ] {
            let address: S3Address = text.parse().unwrap();
            assert_eq!((address.bucket(), address.prefix()), (bucket, prefix));
            assert_eq!(address.to_string(), told);
        }
        for text in ["blobs", "s3://", "s3:///x", "s3://a//b", "s3://a/../b", "s3://a/b c", "https://a/b"] {
            assert!(text.parse::<S3Address>().is_err(), "{text}");
        }
    }

    #[test]
    fn credentials_in_an_address_are_refused_and_not_repeated() {
        let refused = "s3://key:hush-hush@blobs/cicd".parse::<S3Address>().unwrap_err().to_string();
        assert!(refused.starts_with("`blobs/cicd`") && !refused.contains("hush"), "{refused}");
    }
}
