//! Waits until a release stands where it should.

use std::time::Instant;

use serde_json::Value;

use super::api::{Person, text};
use super::{GLANCE, PATIENCE};
use crate::failure::Failure;
use crate::front::Front;

/// Waits until the release has `status`; fails at once when it ended otherwise.
pub(super) fn status(who: &Person, release: &str, status: &str) -> Result<Value, Failure> {
    until(who, release, &format!("be `{status}`"), |body| has(body, "/state/status", status))
}

/// Waits until the rollout waits while `front` gives its candidate `weight` of 100 requests.
pub(super) fn pause(who: &Person, release: &str, front: &Front, weight: u8) -> Result<Value, Failure> {
    until(who, release, &format!("pause at {weight} %"), |body| {
        has(body, "/state/phase/phase", "waiting") && front.state.read().weight == weight
    })
}

fn until(who: &Person, release: &str, what: &str, done: impl Fn(&Value) -> bool) -> Result<Value, Failure> {
    let started = Instant::now();
    loop {
        let body = who.get(&format!("/releases/{release}"))?.success()?;
        if done(&body) {
            return Ok(body);
        }
        let ended =
            !["pending_approval", "approved", "executing"].contains(&text(&body, "/state/status")?.as_str());
        if ended || started.elapsed() > PATIENCE {
            let why = if ended { "it ended otherwise" } else { "it takes too long" };
            return Err(Failure::new(format!("release {release} should {what}, but {why}: {body:#}")));
        }
        std::thread::sleep(GLANCE);
    }
}

fn has(body: &Value, pointer: &str, expected: &str) -> bool {
    body.pointer(pointer).and_then(Value::as_str) == Some(expected)
}
