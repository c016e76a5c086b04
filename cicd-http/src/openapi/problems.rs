//! Schemas of problems: one for each kind, with the members that only this kind has.

use cicd_core::authz::Action;
use cicd_core::ci::run::{RunCommandName, RunStatusName};
use cicd_core::ci::trigger::BlockReason;
use cicd_core::digest::Digest;
use cicd_core::gate::GateVerdict;
use cicd_core::id::{ReleaseId, Role};
use cicd_core::release::command::CommandName;
use cicd_core::violation::Violation;
use serde_json::{Map, Value, json};

use super::schemas::Schemas;
use crate::dto::STATUSES;
use crate::problem::Kind;

/// A reference to the problem of this kind.
pub(super) fn problem(kind: Kind, schemas: &mut Schemas) -> Value {
    let mut properties = json!({
        "type": { "type": "string", "const": kind.type_uri(), "description": "What kind of problem it is." },
        "title": { "type": "string", "const": kind.title() },
        "status": { "type": "integer", "const": kind.status().as_u16() },
        "detail": { "type": "string", "description": "What happened this time, for people." },
        "request_id": { "type": "string", "description": "The id of the request, which the log has too." },
    });
    let own = members(kind, schemas);
    let mut required = vec!["type", "title", "status", "detail", "request_id"];
    required.extend(own.iter().map(|(name, _)| *name));
    let required = json!(required);
    if let Some(all) = properties.as_object_mut() {
        all.extend(own.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect::<Map<_, _>>());
    }
    let schema = json!({ "type": "object", "description": kind.help().trim(), "required": required, "properties": properties });
    schemas.named(&format!("{kind:?}Problem"), schema)
}

fn members(kind: Kind, schemas: &mut Schemas) -> Vec<(&'static str, Value)> {
    let list = |items: Value, about: &str| json!({ "type": "array", "items": items, "description": about });
    match kind {
        Kind::MalformedQuery | Kind::Invalid => {
            let violation = schemas.answer::<Violation>();
            vec![("violations", list(violation, "Everything that is wrong, each with its place."))]
        }
        Kind::Denied => vec![("action", schemas.answer::<Action>())],
        Kind::NotEligible => {
            vec![("needed_roles", list(schemas.answer::<Role>(), "The roles that still lack votes."))]
        }
        Kind::NotPossible => not_possible(schemas),
        Kind::OtherContent => vec![("content", schemas.answer::<Digest>())],
        Kind::GateClosed => {
            vec![("gates", list(schemas.answer::<GateVerdict>(), "The gates that are closed."))]
        }
        Kind::Occupied => vec![("release", schemas.answer::<ReleaseId>())],
        Kind::NoRollback => {
            let about = "The releases that could be brought back, newest first.";
            vec![("candidates", list(schemas.answer::<ReleaseId>(), about))]
        }
        Kind::TriggerBlocked => vec![("reason", schemas.answer::<BlockReason>())],
        _ => Vec::new(),
    }
}

fn not_possible(schemas: &mut Schemas) -> Vec<(&'static str, Value)> {
    let mut states: Vec<&str> = STATUSES.to_vec();
    states.extend(RunStatusName::ALL.iter().map(|status| status.as_str()));
    states.sort_unstable();
    states.dedup();
    let states =
        json!({ "type": "string", "enum": states, "description": "Where the release or the run is." });
    let commands = json!({ "anyOf": [schemas.answer::<CommandName>(), schemas.answer::<RunCommandName>()] });
    let about = "What that state takes instead.";
    let commands = json!({ "type": "array", "items": commands, "description": about });
    vec![("current_state", states), ("allowed_commands", commands)]
}
