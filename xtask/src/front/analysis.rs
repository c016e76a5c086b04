//! The sample's analysis: asks the candidate for its page and looks whether it is broken.

use std::process::ExitCode;

use super::server::TRACK;
use crate::failure::{Context as _, Failure};

const VISITS: usize = 10;

/// The verdict on the candidate at `url` as the command executor reads it: 0 passes, 1 fails, 2 is inconclusive.
pub(crate) fn analyse(url: &str) -> ExitCode {
    match whole(url) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(2)
        }
    }
}

/// Visits the candidate at `url`. `Ok(true)` when every page is whole, `Ok(false)` when one is broken.
///
/// # Errors
/// When the front doesn't answer: nothing is known then.
pub(super) fn whole(url: &str) -> Result<bool, Failure> {
    let client = reqwest::blocking::Client::new();
    for visit in 1..=VISITS {
        let response = client.get(url).header(TRACK, "candidate").send().context(|| format!("`{url}`"))?;
        let status = response.status();
        let page = response.text().context(|| format!("`{url}`"))?;
        if !status.is_success() {
            return Err(Failure::new(format!("visit {visit}: `{url}` answered {status}")));
        }
        if page.contains("BROKEN") {
            println!("visit {visit}: the page is broken");
            return Ok(false);
        }
    }
    println!("{VISITS} visits, every page is whole");
    Ok(true)
}
