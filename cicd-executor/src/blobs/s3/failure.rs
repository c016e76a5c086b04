//! What went wrong, in words that hold no credential.

use std::error::Error as _;

use cicd_core::port::BlobError;
use object_store::Error;

/// So much is repeated of what somebody else says.
const MOST: usize = 200;

pub(super) fn unavailable(error: &Error) -> BlobError {
    BlobError::Unavailable { message: told(error) }
}

/// A sentence about `error`. Of a server's answer only its code is repeated: the rest holds what was signed, and by whom.
pub(super) fn told(error: &Error) -> String {
    let whole = error.to_string();
    let code = whole.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    let why = code.map_or_else(|| innermost(error), |(code, _)| code.to_owned());
    let what = match error {
        Error::NotFound { .. } => "the bucket or the object is not there",
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => {
            "the server refuses the credentials"
        }
        Error::AlreadyExists { .. } | Error::Precondition { .. } => "somebody else wrote at the same time",
        _ => "the server can't be used",
    };
    format!("{what}: {}", why.chars().filter(|c| !c.is_control()).take(MOST).collect::<String>())
}

/// The first cause, up to where the answer of a server begins.
fn innermost(error: &Error) -> String {
    let mut cause = error.source();
    while let Some(deeper) = cause.and_then(|cause| cause.source()) {
        cause = Some(deeper);
    }
    let text = cause.map_or_else(|| error.to_string(), ToString::to_string);
    text.split('<').next().unwrap_or_default().trim_end_matches([' ', ':']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_answer_only_its_code_is_told() {
        let answer = "Server returned error response: <Error><Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>AKIA1\
                      </AWSAccessKeyId><StringToSign>x-amz-security-token:hush</StringToSign></Error>";
        let told = told(&Error::PermissionDenied { path: "p".into(), source: answer.into() });
        assert_eq!(told, "the server refuses the credentials: SignatureDoesNotMatch");
        let told =
            super::told(&Error::Generic { store: "S3", source: "status 500: <html>AKIA1</html>".into() });
        assert_eq!(told, "the server can't be used: status 500");
    }
}
