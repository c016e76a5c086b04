//! Whether this binary may run on a schema, and whether the schema is as the migrations made it.

use std::path::Path;

use cicd_core::migration::{SchemaStatus, Step};
use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnection;

use super::apply::{self, Applied};
use super::migrations::{ALL, LATEST};
use crate::config::look;
use crate::error::OpenError;

/// Refuses a schema that is not at this binary's latest step, or a later one that allows it, and one that was altered.
pub(crate) async fn inspect(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let applied = apply::applied(connection).await?;
    allowed(&applied)?;
    let found = applied.last().map_or(0, |step| step.version);
    if found < LATEST {
        return Err(OpenError::SchemaOlder { found, needed: LATEST });
    }
    // What a later step made of the objects, this binary can't know.
    if found > LATEST { Ok(()) } else { unaltered(connection).await }
}

/// Whether what was applied is what this binary knows, or a later step that allows this binary.
pub(super) fn allowed(applied: &[Applied]) -> Result<(), OpenError> {
    for (step, known) in applied.iter().zip(ALL) {
        if step.version != known.version || step.checksum != known.checksum() {
            return Err(OpenError::MigrationAltered { version: known.version, name: known.name });
        }
    }
    match applied.iter().skip(ALL.len()).find(|step| step.oldest > LATEST) {
        Some(step) => {
            Err(OpenError::SchemaNewer { version: step.version, oldest: step.oldest, known: LATEST })
        }
        None => Ok(()),
    }
}

/// Compares every table, index and trigger with those of a database that was made just now.
async fn unaltered(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let verification = super::verify::verify(connection, ALL).await?;
    match verification.differences.first() {
        Some(difference) => Err(OpenError::SchemaAltered { object: difference.object().to_owned() }),
        None => Ok(()),
    }
}

/// Where the schema of the database at `path` stands: every step that was applied or that this binary knows. A host may
/// hold the database meanwhile.
///
/// # Errors
/// [`OpenError::MigrationAltered`] and [`OpenError::SchemaNewer`] when what was applied does not allow this binary;
/// [`OpenError::Io`] when there is no such file.
pub async fn schema_status(path: impl AsRef<Path>) -> Result<SchemaStatus, OpenError> {
    let mut connection = look(path.as_ref()).await?;
    let applied = apply::applied(&mut connection).await;
    connection.close().await?;
    let applied = applied?;
    allowed(&applied)?;
    let version = applied.last().map_or(0, |step| step.version);
    let step = |step: &Applied| Step {
        version: step.version,
        name: step.name.clone(),
        oldest: step.oldest,
        is_applied: true,
    };
    let pending = ALL.iter().filter(|step| step.version > version).map(|step| Step {
        version: step.version,
        name: step.name.to_owned(),
        oldest: step.oldest(),
        is_applied: false,
    });
    Ok(SchemaStatus { version, known: LATEST, steps: applied.iter().map(step).chain(pending).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(count: usize) -> Vec<Applied> {
        let known = ALL.iter().map(|step| Applied {
            version: step.version,
            name: step.name.to_owned(),
            checksum: step.checksum(),
            oldest: step.oldest(),
        });
        known.take(count).collect()
    }

    #[test]
    fn a_later_step_says_whether_this_binary_may_run() {
        let later = |oldest| {
            let mut applied = steps(ALL.len());
            applied.push(Applied {
                version: LATEST + 1,
                name: "later".into(),
                checksum: "sha256:of-later".into(),
                oldest,
            });
            allowed(&applied)
        };
        assert!(later(LATEST).is_ok());
        let refused = later(LATEST + 1).unwrap_err().to_string();
        assert_eq!(
            refused,
            format!(
                "migration {} needs a binary that knows migration {}; this one knows up to {LATEST}: run a newer binary",
                LATEST + 1,
                LATEST + 1
            )
        );
    }

    #[test]
    fn another_form_of_a_step_is_refused() {
        assert!(allowed(&steps(2)).is_ok());
        let mut altered = steps(3);
        altered[1].checksum = "sha256:of-something-else".into();
        assert!(matches!(allowed(&altered), Err(OpenError::MigrationAltered { version: 2, name: "rows" })));
        let mut gap = steps(3);
        gap.remove(1);
        assert!(matches!(allowed(&gap), Err(OpenError::MigrationAltered { version: 2, .. })));
    }
}
