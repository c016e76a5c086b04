//! Whether this binary may run on a schema, and whether the schema is as the migrations made it.

use std::collections::BTreeMap;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};

use super::apply::{self, Applied};
use super::migrations::{ALL, LATEST};
use crate::error::OpenError;

const OBJECTS: &str = "
SELECT name, sql FROM sqlite_schema
WHERE name LIKE 'cicd\\_%' ESCAPE '\\' OR tbl_name LIKE 'cicd\\_%' ESCAPE '\\'";

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
    let found = objects(connection).await?;
    let mut fresh = fresh().await?;
    let made = objects(&mut fresh).await?;
    fresh.close().await?;
    let differs = |name: &&String| found.get(*name) != made.get(*name);
    match made.keys().chain(found.keys()).find(differs) {
        Some(object) => Err(OpenError::SchemaAltered { object: object.clone() }),
        None => Ok(()),
    }
}

/// A database in memory that the migrations made just now.
pub(crate) async fn fresh() -> Result<SqliteConnection, OpenError> {
    let mut connection = SqliteConnectOptions::new().in_memory(true).connect().await?;
    apply::up(&mut connection).await?;
    Ok(connection)
}

async fn objects(connection: &mut SqliteConnection) -> Result<BTreeMap<String, Option<String>>, OpenError> {
    let rows = sqlx::query(OBJECTS).fetch_all(connection).await?;
    let objects = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
    Ok(objects.collect::<Result<_, sqlx::Error>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(count: usize) -> Vec<Applied> {
        let known = ALL.iter().map(|step| Applied {
            version: step.version,
            checksum: step.checksum(),
            oldest: step.oldest(),
        });
        known.take(count).collect()
    }

    #[test]
    fn a_later_step_says_whether_this_binary_may_run() {
        let later = |oldest| {
            let mut applied = steps(ALL.len());
            applied.push(Applied { version: LATEST + 1, checksum: "sha256:of-later".into(), oldest });
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
