//! The story of the pages in a browser (`web/e2e`): what people see and press, against the real host.

use super::host::Host;
use super::people::People;
use super::place::Place;
use super::sample::Sample;
use crate::failure::Failure;
use crate::pages;

/// Plays it on a host with the sample, whose first version is on staging.
pub(super) fn tell(place: &Place) -> Result<(), Failure> {
    pages::build()?;
    let host = Host::start(place, 0)?;
    let people = People::with_tokens(&host.api(), place)?;
    let sample = Sample::set_up(place, &people, (0, 0))?;
    sample.first_light(&people)?;
    print!("{}", pages::story(host.base(), &place.join(""))?);
    host.stop()
}
