//! The story of the pages in a browser (`web/e2e`): what people see and press, against the real host.

use super::host::Host;
use super::people::People;
use super::place::Place;
use super::sample::Sample;
use crate::failure::Failure;
use crate::pages;

/// Plays it on a host with the sample, whose first version is on staging.
pub(super) fn tell(place: &Place) -> Result<(), Failure> {
    with_host(place, "story")
}

/// Measures on such a host how fast the pages answer a hand.
pub(super) fn measure(place: &Place) -> Result<(), Failure> {
    with_host(place, "bench")
}

/// Runs the pages' `script` on a host of its own.
fn with_host(place: &Place, script: &str) -> Result<(), Failure> {
    pages::build()?;
    let host = Host::start(place, 0)?;
    let people = People::with_tokens(&host.api(), place)?;
    let sample = Sample::set_up(place, &people, (0, 0))?;
    sample.first_light(&people)?;
    print!("{}", pages::against(host.base(), &place.join(""), script)?);
    host.stop()
}
