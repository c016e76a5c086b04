//! Visitors of the served site, who look at the bytes they get.

use reqwest::blocking::Client;
use sha2::{Digest as _, Sha256};

use crate::failure::{Context as _, Failure};
use crate::front::Front;

/// How many requests tell a share.
const REQUESTS: u32 = 1000;
/// How many points a share may be off.
const TOLERANCE: u32 = 5;

/// Gets the page, whose bytes must have `digest`.
pub(super) fn get(front: &Front, digest: &str) -> Result<(), Failure> {
    let got = visit(&Client::new(), front)?;
    if got == digest {
        Ok(())
    } else {
        Err(Failure::new(format!("{} serves {got} instead of {digest}", front.url())))
    }
}

/// How many of 1 000 visitors get the version with `digest`; must be `weight` percent, within 5 points.
pub(super) fn share(front: &Front, digest: &str, weight: u8) -> Result<u32, Failure> {
    let client = Client::new();
    let mut hits = 0;
    for _ in 0..REQUESTS {
        hits += u32::from(visit(&client, front)? == digest);
    }
    if hits.abs_diff(u32::from(weight) * REQUESTS / 100) > TOLERANCE * REQUESTS / 100 {
        return Err(Failure::new(format!(
            "{hits} of {REQUESTS} requests got a candidate with weight {weight}"
        )));
    }
    let now = front.state.read().weight;
    if now != weight {
        return Err(Failure::new(format!("the weight changed to {now} while it was measured at {weight}")));
    }
    Ok(hits)
}

/// The digest of the page's bytes.
fn visit(client: &Client, front: &Front) -> Result<String, Failure> {
    let response = client.get(front.url()).send().context(|| front.url())?;
    let bytes = response.bytes().context(|| front.url())?;
    let hex: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("sha256:{hex}"))
}
