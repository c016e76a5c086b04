//! Rollouts by the commands of a target.

use std::fs;

use cicd_core::cd::Strategy;
use cicd_core::digest::Digest;
use cicd_core::port::{Blobs as _, DeployExecutor as _, DeployJob, DeployStatus, Stop, Verb, VerbOutcome};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use super::support::{Host, PATIENCE, rollout, run_as, runs, tenant, until};

fn canary() -> Strategy {
    serde_json::from_value(json!({ "type": "canary", "steps": [], "on_failure": "undo" })).unwrap()
}

fn shell(line: &str) -> Value {
    json!({ "shell": line, "timeout_seconds": 30 })
}

async fn carry_out(host: &Host, job: &DeployJob, verb: Verb) -> VerbOutcome {
    let outcome = host.executor.carry_out(job, &verb, Stop::never());
    tokio::time::timeout(PATIENCE, outcome).await.expect("it hangs")
}

async fn keep(host: &Host, bytes: &'static [u8]) -> Digest {
    let content = futures_util::stream::iter([Ok(bytes.to_vec())]).boxed();
    host.blobs.put_artifact(&tenant(), content).await.unwrap().digest
}

#[tokio::test]
async fn a_command_knows_its_rollout() {
    let host = Host::with(|config| config.isolation = run_as(1)).await;
    host.secret("token", "hunter2");
    let digest = keep(&host, b"the site").await;
    let mut apply = shell(
        "env | grep ^CICD_ | grep -v ^CICD_MARK | sort; cat \"$CICD_ARTIFACT_PATH\"; echo; echo $TOKEN",
    );
    apply["environment"] = json!({ "TOKEN": { "secret": "token" } });
    let strategy =
        serde_json::from_value(json!({ "type": "rolling", "max_surge": 1, "max_unavailable": "25%" }))
            .unwrap();
    let job = rollout(&json!({ "apply": apply }), strategy, digest);
    assert_eq!(carry_out(&host, &job, Verb::Apply).await, VerbOutcome::Done);
    let log = host.log(job.log).await;
    let (release, attempt, zero) = (job.release.id(), job.attempt, Digest::ZERO);
    let expected = format!(
        "CICD_ARTIFACT_DIGEST={digest}\nCICD_ARTIFACT_LOCATION=shelf 3\nCICD_ARTIFACT_NAME=site\n\
         CICD_ARTIFACT_PATH={}/executor/workspaces/release-{release}.",
        host.directory.display()
    );
    assert!(log.contains(&expected), "{log}");
    let expected = format!(
        "CICD_ATTEMPT_KEY={attempt}\nCICD_DEPLOYMENT=shop-eu\nCICD_ENVIRONMENT=eu\nCICD_EPOCH=3\nCICD_KIND=deploy\n\
         CICD_MAX_SURGE=1\nCICD_MAX_UNAVAILABLE=25%\nCICD_PREVIOUS_DIGEST={zero}\nCICD_RELEASE_ID={release}\n\
         CICD_REPORT_TOKEN=***\nCICD_SERVICE=shop\nCICD_STRATEGY=rolling\nCICD_VERSION=1.2.3\nthe site\n***\n"
    );
    assert!(log.contains(&expected), "{log}");
    assert!(!log.contains("hunter2"));
}

#[tokio::test]
async fn a_weight_reaches_its_command_and_all_of_a_rollout_is_in_one_log() {
    let host = Host::dev().await;
    let commands = json!({ "apply": shell("echo applied"), "set-weight": shell("echo at $CICD_WEIGHT") });
    let job = rollout(&commands, canary(), Digest::of(b"not kept"));
    assert_eq!(carry_out(&host, &job, Verb::Apply).await, VerbOutcome::Done);
    assert_eq!(carry_out(&host, &job, Verb::SetWeight { weight: 25 }).await, VerbOutcome::Done);
    let expected = "[cicd] apply, epoch 3\napplied\n[cicd] set-weight 25 %, epoch 3\nat 25\n";
    assert_eq!(host.log(job.log).await, expected);
}

#[tokio::test]
async fn a_command_that_fails_says_why() {
    let host = Host::dev().await;
    let commands = json!({
        "apply": shell("echo first; echo 'no such cluster' >&2; exit 4"),
        "promote": { "shell": "sleep 1000", "timeout_seconds": 1 },
        "undo": { "argv": ["true"], "environment": { "TOKEN": { "secret": "no-token" } } },
    });
    let job = rollout(&commands, canary(), Digest::of(b"not kept"));
    for (verb, expected) in [
        (Verb::Apply, "`apply` exited with 4: no such cluster"),
        (Verb::Promote, "`promote` took longer than it may"),
        (Verb::Undo, "there is no secret `no-token`"),
        (Verb::SetWeight { weight: 5 }, "the target has no `set-weight`"),
    ] {
        let message = expected.to_owned();
        assert_eq!(carry_out(&host, &job, verb).await, VerbOutcome::Failed { message });
        assert!(host.log(job.log).await.ends_with(&format!("[cicd] {expected}\n")));
    }
}

#[tokio::test]
async fn an_analysis_passes_fails_or_can_t_tell() {
    let host = Host::dev().await;
    for (code, expected) in
        [(0, "done"), (1, "failed"), (2, "inconclusive"), (7, "inconclusive"), (127, "inconclusive")]
    {
        let commands = json!({ "apply": shell("true"), "analyse": shell(&format!("exit {code}")) });
        let job = rollout(&commands, canary(), Digest::of(b"not kept"));
        let outcome = carry_out(&host, &job, Verb::Analyse { name: "command".to_owned() }).await;
        let told = match outcome {
            VerbOutcome::Done => "done",
            VerbOutcome::Failed { .. } => "failed",
            VerbOutcome::Inconclusive { .. } => "inconclusive",
            VerbOutcome::Stopped => "stopped",
        };
        assert_eq!(told, expected, "exit {code}");
    }
}

#[tokio::test]
async fn a_status_tells_what_is_under_way() {
    let host = Host::dev().await;
    for (line, expected) in [
        (Some("exit 0"), "settled"),
        (Some("exit 1"), "failed"),
        (Some("exit 2"), "unknown"),
        (Some("exit 3"), "in progress"),
        (Some("kill -9 $$"), "unknown"),
        (None, "settled"),
    ] {
        let mut commands = json!({ "apply": shell("true") });
        if let Some(line) = line {
            commands["status"] = shell(line);
        }
        let told = match host.executor.status(&rollout(&commands, canary(), Digest::ZERO)).await {
            DeployStatus::Settled => "settled",
            DeployStatus::InProgress => "in progress",
            DeployStatus::Failed { .. } => "failed",
            DeployStatus::Unknown { .. } => "unknown",
        };
        assert_eq!(told, expected, "{line:?}");
    }
}

#[tokio::test]
async fn an_artifact_that_was_changed_is_not_rolled_out() {
    let host = Host::dev().await;
    let digest = keep(&host, b"the site").await;
    let hex = digest.hex();
    fs::write(host.directory.join("blobs/tenants/acme/artifacts").join(&hex[..2]).join(&hex), "another")
        .unwrap();
    let job = rollout(&json!({ "apply": shell("echo applied") }), canary(), digest);
    let VerbOutcome::Failed { message } = carry_out(&host, &job, Verb::Apply).await else {
        panic!("applied")
    };
    assert!(message.contains("does not have the bytes of its digest"), "{message}");
    assert!(!host.log(job.log).await.contains("applied"));
}

#[tokio::test]
async fn a_stop_ends_a_command_and_all_it_began() {
    let host = Host::dev().await;
    let job = rollout(&json!({ "apply": shell("sleep 1000 & echo pid $!; wait") }), canary(), Digest::ZERO);
    let (handle, stop) = Stop::pair();
    let (outcome, pid) = tokio::join!(host.executor.carry_out(&job, &Verb::Apply, stop), async {
        let pid = until("the log", async || {
            let log = host.log(job.log).await;
            let (_, rest) = log.split_once("pid ")?;
            rest.split_once('\n').map(|(pid, _)| pid.to_owned())
        });
        let pid = pid.await;
        handle.stop();
        pid
    });
    assert_eq!(outcome, VerbOutcome::Stopped);
    assert!(!runs(&pid));
}

#[tokio::test]
async fn the_commands_of_a_target_are_its_capabilities() {
    let host = Host::dev().await;
    let commands = json!({ "apply": shell("true"), "promote": shell("true"), "status": shell("true") });
    let capabilities = host.executor.capabilities(&json!({ "commands": commands })).unwrap();
    assert!(capabilities.blue_green && capabilities.status && !capabilities.weights && !capabilities.undo);
    assert!(host.executor.capabilities(&json!({ "commands": {} })).is_err());
}
