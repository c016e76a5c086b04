//! What leaves on the wire where it is not the row itself: no hash of a secret, and what else a reader needs.

mod event;
mod grant;
mod grounds;
mod release;
mod report;
mod source;
mod timeline;
mod token;

pub(crate) use event::Event;
pub(crate) use grant::{CallerView, GrantView, path_segment};
pub(crate) use grounds::{Abort, REASON_CHARACTERS, Retry, Rollback, nothing};
pub(crate) use release::{Approvals, Detail, ReleaseView, STATUSES, Status};
pub(crate) use report::{Report, Reported};
pub(crate) use source::{HookAddress, Received, SourceView};
pub(crate) use timeline::TimelineItem;
pub(crate) use token::{NewTokenView, SessionView, TokenView};
