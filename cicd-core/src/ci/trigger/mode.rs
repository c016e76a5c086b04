//! Who may start a run, and who did.

use crate::choice::choice;

choice!(
    /// Who may start a run.
    pub enum TriggerMode {
        /// People and what acts for them, by the API.
        Manual = "manual",
        /// A verified source, such as a push to the repository.
        SourceEvent = "source-event",
        /// Either.
        Both = "both",
    }
);
choice!(
    /// Who started a run. By the API it is always `manual`.
    pub enum TriggerType {
        /// Somebody, by the API.
        Manual = "manual",
        /// A verified source.
        SourceEvent = "source-event",
    }
);
