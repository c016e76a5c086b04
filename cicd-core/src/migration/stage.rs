//! Where migrations are rehearsed.

use async_trait::async_trait;
use serde::Serialize;

use super::{Objects, Tables};

/// Which way a step is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// From the step before it to its result.
    Up,
    /// From its result to the step before it.
    Down,
}

/// A lock that a step held until it was committed, and who would have waited for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Held {
    /// On which table, index or file.
    pub on: String,
    /// The lock, in the database's words.
    pub mode: String,
    /// Whether it would have stopped reads.
    pub blocks_readers: bool,
    /// Whether it would have stopped changes.
    pub blocks_writers: bool,
}

/// A step that was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// How long it took, in microseconds.
    pub micros: u64,
    /// What it locked that others use.
    pub locks: Vec<Held>,
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken.
    Done(Done),
    /// It refused, because something that is stored would be lost.
    WouldLose(String),
    /// It failed.
    Failed(String),
}

/// A copy of a database, made for a rehearsal alone.
#[async_trait]
pub trait Stage: Send {
    /// Why the copy itself can't be used.
    type Error;

    /// Every object of the schema.
    async fn objects(&mut self) -> Result<Objects, Self::Error>;

    /// What every table holds; when a step was applied is not part of it.
    async fn tables(&mut self) -> Result<Tables, Self::Error>;

    /// Takes step `version` in one transaction. A step that was not taken has changed nothing.
    async fn take(&mut self, version: u32, way: Way) -> Result<Outcome, Self::Error>;

    /// Opens a store on the copy and reads from it; gives what is wrong. Asked only at the latest step.
    async fn smoke(&mut self) -> Result<Vec<String>, Self::Error>;
}
