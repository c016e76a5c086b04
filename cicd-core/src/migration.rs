//! How a schema is examined, and how its migrations are rehearsed on a copy of a live database: what the stores tell and
//! what follows from it. The stores themselves know the tables.

mod contents;
mod difference;
mod guard;
mod rehearse;
mod report;
mod smoke;
mod stage;
mod status;
mod text;

pub use contents::{Contents, Tables};
pub use difference::{Difference, Objects, Verification, compare};
pub use guard::{DownStep, MayLose};
pub use rehearse::rehearse;
pub use report::{Move, Rehearsal};
pub use smoke::smoke;
pub use stage::{Done, Held, Outcome, Stage, Way};
pub use status::{SchemaStatus, Step};
