//! How much an environment matters.

use crate::choice::choice;

choice!(
    /// How much the environment of a deployment matters: rules such as policy floors and freezes name tiers.
    pub enum Tier {
        /// What customers use.
        Production = "production",
        /// The last stop before production.
        Staging = "staging",
        /// Where people try things.
        Development = "development",
    }
);
