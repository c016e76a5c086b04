//! The steps of the schema, in order. `migrations/README.md` says how to add one.

use cicd_core::digest::Digest;

/// One step of the schema.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Migration {
    pub(crate) version: u32,
    pub(crate) name: &'static str,
    pub(crate) up: &'static str,
    pub(crate) down: &'static str,
}

macro_rules! migration {
    ($version:literal, $number:literal, $name:literal) => {
        Migration {
            version: $version,
            name: $name,
            up: include_str!(concat!("../../migrations/", $number, "_", $name, ".up.sql")),
            down: include_str!(concat!("../../migrations/", $number, "_", $name, ".down.sql")),
        }
    };
}

/// The number of the last step that this binary knows.
pub const LATEST: u32 = 7;

pub(crate) const ALL: &[Migration] = &[
    migration!(1, "0001", "audit"),
    migration!(2, "0002", "rows"),
    migration!(3, "0003", "work"),
    migration!(4, "0004", "commit"),
    migration!(5, "0005", "source"),
    migration!(6, "0006", "lists"),
    migration!(7, "0007", "token_use"),
];

impl Migration {
    /// SHA-256 of the step; line ends don't count, so that a checkout may have its own.
    pub(crate) fn checksum(&self) -> String {
        Digest::of(self.up.replace('\r', "").as_bytes()).to_string()
    }

    /// The oldest step that a binary must know to run on the result: what the first line says, else the step itself.
    pub(crate) fn oldest(&self) -> u32 {
        let first = self.up.lines().next().and_then(|line| line.strip_prefix("-- oldest:"));
        first.and_then(|oldest| oldest.trim().parse().ok()).unwrap_or(self.version)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn the_list_is_the_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        let found: BTreeSet<_> = std::fs::read_dir(folder)
            .expect("the link leads to the migrations")
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            // What an operator may choose has no number.
            .filter(|name| name != "optional")
            .collect();
        let steps = ALL.iter().flat_map(|step| {
            ["up", "down"].map(|way| format!("{:04}_{}.{way}.sql", step.version, step.name))
        });
        assert_eq!(found, steps.collect());
    }

    #[test]
    fn steps_are_numbered_and_say_who_may_run() {
        for (index, step) in ALL.iter().enumerate() {
            assert_eq!(step.version as usize, index + 1);
            assert!((1..=step.version).contains(&step.oldest()), "{}", step.name);
            assert!(step.up.starts_with("-- oldest: "), "{}", step.name);
        }
        assert_eq!(ALL.last().map(|step| step.version), Some(LATEST));
    }

    #[test]
    fn a_step_that_drops_rows_refuses_to() {
        use cicd_core::migration::DownStep;
        for step in ALL {
            let parts = DownStep::of(step.down);
            assert!(parts.guard.is_some() || !parts.undo.contains("DROP TABLE"), "{}", step.name);
        }
    }

    #[test]
    fn line_ends_do_not_count() {
        let step = ALL[0];
        let windows = Migration { up: step.up.replace('\n', "\r\n").leak(), ..step };
        assert_eq!(windows.checksum(), step.checksum());
        assert_ne!(Migration { up: "SELECT 1", ..step }.checksum(), step.checksum());
    }
}
