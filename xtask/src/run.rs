//! `cargo xtask run`: the host with a sample service, on this machine; with `--script`, the whole story without a hand.

mod api;
mod await_release;
mod browse;
mod host;
mod next_steps;
mod people;
mod place;
mod sample;
mod story;

use std::time::Duration;

use crate::failure::Failure;
use crate::pages;
use host::Host;
use people::People;
use place::Place;
use sample::Sample;

/// How long anything of the sample may take before it counts as stuck.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks at something that changes by itself.
const GLANCE: Duration = Duration::from_millis(100);

/// Starts the host on `port` (the fronts take the next two; 0 takes free ones) and sets up the sample. Then plays the
/// story, or prints what to try and serves until it is interrupted.
pub(crate) fn run(script: bool, port: u16) -> Result<(), Failure> {
    let place = if script { Place::temporary()? } else { Place::fresh()? };
    at(place, |place| on(place, script, port))
}

/// Plays the story of the pages in a browser, against a host of its own.
pub(crate) fn browse() -> Result<(), Failure> {
    at(Place::temporary()?, browse::tell)
}

/// Measures how fast the pages answer a hand, on a host of their own.
pub(crate) fn measure_pages() -> Result<(), Failure> {
    at(Place::temporary()?, browse::measure)
}

/// Does `work` at `place`, and says where its files are when it failed.
fn at(place: Place, work: impl FnOnce(&Place) -> Result<(), Failure>) -> Result<(), Failure> {
    let outcome = work(&place);
    if outcome.is_err() {
        let kept = place.keep();
        eprintln!("the host's log: {}", kept.join("host.log").display());
    }
    outcome
}

fn on(place: &Place, script: bool, port: u16) -> Result<(), Failure> {
    if !script && let Err(failure) = pages::build() {
        println!("The pages are left out: {failure}");
    }
    let host = Host::start(place, port)?;
    let people = People::with_tokens(&host.api(), place)?;
    let ports = if port == 0 { (0, 0) } else { (port.saturating_add(1), port.saturating_add(2)) };
    let sample = Sample::set_up(place, &people, ports)?;
    if script {
        story::tell(&sample, &people)?;
        host.stop()
    } else {
        next_steps::print(place, &host, &sample, &people)?;
        host.wait()
    }
}
