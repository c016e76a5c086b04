//! The people of the sample, each with a token of their own.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use super::api::{Person, text};
use super::place::Place;
use crate::failure::{Context as _, Failure};

/// Who takes part.
pub(super) struct People {
    /// Registers services and deployments.
    pub(super) admin: Person,
    /// Writes the site and asks for releases; may vote, but not on what she asked for.
    pub(super) ada: Person,
    /// Votes.
    pub(super) ben: Person,
    /// Votes.
    pub(super) cleo: Person,
    /// Runs the rollouts.
    pub(super) rhea: Person,
}

impl People {
    /// Makes a token for everybody, kept in a file that only its owner can read.
    pub(super) fn with_tokens(admin: &Person, place: &Place) -> Result<Self, Failure> {
        std::fs::create_dir_all(place.join("tokens"))?;
        let person = |name, roles: &[&str]| {
            let draft = json!({ "principal": name, "roles": roles });
            let created = admin.post("/tokens", &draft)?.success()?;
            let token = text(&created, "/token")?;
            keep(place, name, &token)?;
            Ok::<_, Failure>(admin.other(name, &token))
        };
        Ok(Self {
            admin: admin.clone(),
            ada: person("ada", &["developer", "approver"])?,
            ben: person("ben", &["approver"])?,
            cleo: person("cleo", &["approver"])?,
            rhea: person("rhea", &["release-manager"])?,
        })
    }
}

fn keep(place: &Place, name: &str, token: &str) -> Result<(), Failure> {
    let path = place.join("tokens").join(name);
    std::fs::write(&path, token).context(|| format!("`{}`", path.display()))?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    Ok(())
}
