//! Where a schema stands.

use serde::Serialize;

/// A step of the schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its number.
    pub version: u32,
    /// Its name.
    pub name: String,
    /// The oldest step that a binary must know to run on the result.
    pub oldest: u32,
    /// Whether it was applied.
    pub is_applied: bool,
}

/// Every step that was applied or that this binary knows, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SchemaStatus {
    /// The last step that was applied; zero for none.
    pub version: u32,
    /// The last step that this binary knows.
    pub known: u32,
    /// The steps.
    pub steps: Vec<Step>,
}
