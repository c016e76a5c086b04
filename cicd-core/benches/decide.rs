//! How long a decision takes, beside its limit of one microsecond.

#![expect(clippy::disallowed_methods, reason = "a bench measures time")]
#![expect(clippy::print_stdout, reason = "a bench tells what it measured")]
#![expect(clippy::unwrap_used, reason = "a bench that can't build its fixture has nothing to measure")]

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::time::{Duration, Instant};

use cicd_core::cd::{CdConfig, CdSpec, PolicyFloor};
use cicd_core::digest::Digest;
use cicd_core::id::{AttemptId, RowVersion};
use cicd_core::release::Release;
use cicd_core::release::command::{Ballot, Command};
use cicd_core::release::content::{Artifact, ArtifactOrigin};
use cicd_core::release::create::{self, Request, Surroundings};
use cicd_core::release::decide::decide;
use cicd_core::release::facts::Facts;
use cicd_core::service::{Capabilities, Deployment, DeploymentSpec};
use cicd_core::time::Timestamp;
use serde_json::json;

const LIMIT: Duration = Duration::from_micros(1);
const ROUNDS: u32 = 200_000;
const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn deployment(now: Timestamp) -> Deployment {
    Deployment {
        id: "shop-production".parse().unwrap(),
        revision: 1,
        spec: DeploymentSpec::parse(&json!({
            "service": "shop", "environment": "production", "tier": "production", "executor": "command",
            "target": { "commands": {} },
        }))
        .unwrap(),
        capabilities: Capabilities::ALL,
        hold: None,
        created_at: now,
        updated_at: now,
        updated_by: "root".parse().unwrap(),
        row_version: RowVersion(1),
    }
}

fn config(deployment: &Deployment, now: Timestamp) -> CdConfig {
    let draft = json!({
        "strategy": { "type": "canary", "steps": [
            { "weight": 10, "pause": "manual" }, { "weight": 50, "analysis": "command" },
        ] },
        "approval": { "requirements": [{ "role": "approver", "count": 2 }, { "role": "security", "count": 1 }] },
        "allow_external_artifacts": true,
    });
    let floor = PolicyFloor::default_for(deployment.spec.tier);
    CdConfig {
        deployment: deployment.id.clone(),
        revision: 1,
        spec: CdSpec::parse(&draft, &deployment.capabilities, &floor).unwrap(),
        updated_at: now,
        updated_by: "root".parse().unwrap(),
        row_version: RowVersion(1),
    }
}

fn facts(now: Timestamp) -> Facts {
    let approver = BTreeSet::from(["approver".parse().unwrap()]);
    Facts {
        now,
        lease_epoch: 1,
        deployment_revision: 1,
        cd_config_revision: Some(1),
        minimum_votes: 1,
        freezes: Vec::new(),
        locks: Vec::new(),
        hold: None,
        executing: None,
        ahead: None,
        overtaken_by: None,
        roles: BTreeMap::from([
            ("ann".parse().unwrap(), approver.clone()),
            ("ben".parse().unwrap(), approver),
            ("sue".parse().unwrap(), BTreeSet::from(["security".parse().unwrap()])),
        ]),
    }
}

fn pending(now: Timestamp) -> Release {
    let deployment = deployment(now);
    let config = config(&deployment, now);
    let floor = PolicyFloor::default_for(deployment.spec.tier);
    let around = Surroundings {
        deployment: &deployment,
        config: &config,
        floor: &floor,
        executing: None,
        waiting: &[],
    };
    let request = Request {
        id: ID.parse().unwrap(),
        requester: "dev".parse().unwrap(),
        reason: None,
        version: "1.0".to_owned(),
        retry_of: None,
    };
    let artifact = Artifact {
        digest: Digest::of(b"site"),
        name: "site".to_owned(),
        origin: ArtifactOrigin::External { location: "elsewhere".to_owned() },
    };
    Release::apply(None, &create::deploy(request, artifact, around).unwrap(), now).unwrap()
}

fn vote(release: &Release, person: &str) -> Command {
    Command::Approve(Ballot {
        person: person.parse().unwrap(),
        role: None,
        content: release.content_digest,
        comment: None,
    })
}

/// The shortest of seven rounds, for one call.
fn measure(mut call: impl FnMut()) -> Duration {
    let round = |call: &mut dyn FnMut()| {
        let began = Instant::now();
        (0..ROUNDS).for_each(|_| call());
        began.elapsed() / ROUNDS
    };
    (0..7).map(|_| round(&mut call)).min().unwrap_or_default()
}

fn tell(what: &str, took: Duration) {
    let ratio = took.as_secs_f64() / LIMIT.as_secs_f64();
    println!("decide {what:<24} {:>7.0} ns   {ratio:>5.2} × the limit of 1 µs", took.as_secs_f64() * 1e9);
}

fn main() {
    let now = Timestamp::from_micros(1_700_000_000_000_000);
    let facts = facts(now);
    let mut release = pending(now);
    let approve = vote(&release, "ann");
    tell("first vote", measure(|| drop(black_box(decide(black_box(&release), &approve, &facts)))));
    for person in ["ann", "ben", "sue"] {
        for event in decide(&release, &vote(&release, person), &facts).unwrap() {
            release = Release::apply(Some(release), &event, now).unwrap();
        }
    }
    let attempt: AttemptId = ID.parse().unwrap();
    let start = Command::Start { attempt, epoch: 1, report_token: Digest::ZERO };
    tell("start, every gate asked", measure(|| drop(black_box(decide(black_box(&release), &start, &facts)))));
    for event in decide(&release, &start, &facts).unwrap() {
        release = Release::apply(Some(release), &event, now).unwrap();
    }
    let progress = Command::Progress { epoch: 1, report_token: None };
    tell("progress", measure(|| drop(black_box(decide(black_box(&release), &progress, &facts)))));
    tell("refusal", measure(|| drop(black_box(decide(black_box(&release), &start, &facts)))));
}
