//! The API token: from the environment or a file, so that it is in no list of processes.

use std::path::Path;

use hyper::header::HeaderValue;

use super::trouble::Trouble;

const VARIABLE: &str = "CICD_TOKEN";

/// The credential of each request. A file comes before the environment.
pub(super) fn credential(file: Option<&Path>) -> Result<HeaderValue, Trouble> {
    let token = match file {
        Some(path) => std::fs::read_to_string(path).map_err(|error| {
            Trouble::usage(format!("the token file `{}` can't be read: {error}", path.display()))
        })?,
        None => std::env::var(VARIABLE).map_err(|_| {
            Trouble::usage(format!("no token: set `{VARIABLE}`, or name a file with `--token-file`"))
        })?,
    };
    // The error of the header would not show the token either, but says nothing of where it came from.
    let mut value = HeaderValue::try_from(format!("Bearer {}", token.trim()))
        .map_err(|_| Trouble::usage("the token has characters that no token has"))?;
    value.set_sensitive(true);
    Ok(value)
}
