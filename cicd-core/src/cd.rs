//! How releases reach a deployment: strategy, votes, queue, rollback, and the floor that no config undercuts.
//!
//! A [`CdSpec`] is read by [`CdSpec::parse`], which reports every violation at once. [`Strategy::plan`] says what a
//! rollout will do, step by step.

mod approval_policy;
mod config;
mod floor;
mod plan;
mod rules;
mod strategy;

#[cfg(test)]
mod tests;

pub use approval_policy::{
    ApprovalPolicy, DEFAULT_VOTES_SECONDS, REQUIREMENTS, Requirement, VOTES, VOTES_SECONDS,
};
pub use config::{CdConfig, CdSpec, DEADLINE_SECONDS, DEFAULT_DEADLINE_SECONDS};
pub use floor::{FloorDraft, MINIMUM_VOTES, PolicyFloor};
pub use plan::{PlanStep, PreviewStep};
pub use rules::{QueueRule, RollbackRule, StaleRule};
pub use strategy::{
    AMOUNT, Amount, CANARY_STEPS, COMMAND_ANALYSIS, CanaryStep, DEFAULT_KEEP_OLD_SECONDS, DELAY_SECONDS,
    KEEP_OLD_SECONDS, OnFailure, PAUSE_SECONDS, PERCENT, ParseAmountError, Pause, Promotion, Strategy,
    StrategyKind, WEIGHT,
};
