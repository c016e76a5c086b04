//! Values that the tests of this room share.

use serde_json::{Value, json};

use super::{CiConfig, CiSpec, CommitSha, GitRef};
use crate::ci::run::RunTrigger;
use crate::ci::trigger::TriggerType;
use crate::id::RowVersion;
use crate::time::Timestamp;

/// A draft that has every field.
pub(super) fn draft() -> Value {
    json!({
        "repository": "https://git.example.com/team/shop.git",
        "branches": ["main", "release/*"],
        "tags": ["v*"],
        "paths": ["src/**", "Cargo.toml"],
        "steps": [
            {
                "name": "test",
                "argv": ["cargo", "test", ""],
                "timeout_seconds": 60,
                "working_directory": "shop",
                "environment": {"RUST_LOG": "info", "TOKEN": {"secret": "registry-token"}},
            },
            {"name": "build", "shell": "make dist\n", "timeout_seconds": 3600, "environment": {}},
        ],
        "artifact": {"path": "dist/site.tar", "name": "site"},
        "trigger_mode": "both",
        "executor": "command",
        "max_attempts": 3,
    })
}

pub(super) fn spec() -> CiSpec {
    CiSpec::parse(&draft()).unwrap()
}

pub(super) fn config() -> CiConfig {
    CiConfig {
        service: "shop".parse().unwrap(),
        revision: 7,
        spec: spec(),
        updated_at: Timestamp::from_micros(1),
        updated_by: "ann".parse().unwrap(),
        row_version: RowVersion(7),
    }
}

pub(super) fn commit() -> CommitSha {
    "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12".parse().unwrap()
}

pub(super) fn trigger() -> RunTrigger {
    RunTrigger {
        trigger_type: TriggerType::Manual,
        actor: "ann".parse().unwrap(),
        reason: Some("try it".into()),
        git_ref: GitRef::Branch("main".parse().unwrap()),
        commit: commit(),
        source: None,
    }
}
