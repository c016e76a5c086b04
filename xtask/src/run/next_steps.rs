//! What to try next: lines that work when pasted.

use serde_json::json;

use super::api::text;
use super::host::Host;
use super::people::People;
use super::place::Place;
use super::sample::{PRODUCTION, SERVICE, Sample};
use crate::failure::Failure;

/// Builds the first version, brings it to staging, asks for production, and prints how to go on from there.
pub(super) fn print(place: &Place, host: &Host, sample: &Sample, people: &People) -> Result<(), Failure> {
    let build = sample.first_light(people)?;
    let draft = build.release_draft(PRODUCTION, "first light");
    let production = people.ada.post("/releases", &draft)?.success()?;
    let (release, content) = (text(&production, "/id")?, text(&production, "/content_digest")?);
    let api = format!("{}/api/v1", host.base());
    let tokens = place.join("tokens").display().to_string();
    let call = |who: &str, rest: &str| {
        println!("  curl -s -H \"authorization: bearer $(cat {tokens}/{who})\" {rest}");
    };
    let post = |who: &str, path: &str, body: serde_json::Value| {
        call(who, &format!("{api}{path} --json '{body}'"));
    };
    let vote = json!({ "content": content });
    println!("The host listens on {}; its data is in {}.", host.base(), place.join("data").display());
    println!("In a browser: {}/ — sign in with the text of {tokens}/ben, who may approve.", host.base());
    println!("Staging runs the first version: {}", sample.staging.url());
    println!("Production waits for two votes: {}\n", sample.production.url());
    println!("Ada asked for the release, so her vote is refused; Ben's and Cleo's start it:");
    post("ada", &format!("/releases/{release}/approve"), vote.clone());
    post("ben", &format!("/releases/{release}/approve"), vote.clone());
    post("cleo", &format!("/releases/{release}/approve"), vote);
    println!("\nWhy it does or doesn't start, and where it stands:");
    call("ada", &format!("{api}/releases/{release}/explain"));
    call("ada", &format!("{api}/releases/{release}"));
    println!("\nA fifth of the visitors get it; let it go on, again to skip its next pause, and look:");
    post("rhea", &format!("/releases/{release}/resume"), json!({}));
    println!(
        "  curl -si {}  # the other visitors find nothing yet: it is the first release",
        sample.production.url()
    );
    let site = sample.repository.path().display();
    println!("\nThe site's source is in {site}: change it and commit, then build the commit:");
    let commit = format!("'$(git -C {site} rev-parse HEAD)'");
    let draft = json!({ "commit": "COMMIT", "git_ref": { "type": "branch", "name": "main" } });
    let draft = draft.to_string().replace("\"COMMIT\"", &format!("\"{commit}\""));
    call("ada", &format!("{api}/services/{SERVICE}/ci-runs --json '{draft}'"));
    println!("\nEverything that happened:");
    call("ada", &format!("{api}/services/{SERVICE}/timeline"));
    println!("\nCtrl-C ends it. `cargo xtask run --script` plays the whole story.");
    Ok(())
}
