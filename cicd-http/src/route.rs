//! The routes, a file for each group of endpoints.

mod approvals;
mod artifacts;
mod attempts;
mod audit;
mod audit_export;
mod cd_configs;
mod ci_configs;
mod ci_runs;
mod deliveries;
mod deployments;
mod description;
mod docs;
mod freezes;
mod health;
mod hooks;
mod inbox;
mod live;
mod locks;
mod logs;
mod metrics;
mod overview;
mod permissions;
mod policies;
mod problems;
mod releases;
mod roles;
mod services;
mod session;
mod sources;
mod steering;
mod table;
mod timelines;
mod tokens;
mod votes;

pub(crate) use metrics::told;
pub(crate) use table::{Route, Routes};

/// Routes for callers whom the authenticator knows.
pub(crate) fn guarded() -> Routes {
    services::routes()
        .and(deployments::routes())
        .and(ci_configs::routes())
        .and(cd_configs::routes())
        .and(ci_runs::routes())
        .and(releases::routes())
        .and(votes::routes())
        .and(approvals::routes())
        .and(steering::routes())
        .and(logs::routes())
        .and(inbox::routes())
        .and(overview::routes())
        .and(timelines::routes())
        .and(audit_export::routes())
        .and(audit::routes())
        .and(artifacts::routes())
        .and(freezes::routes())
        .and(locks::routes())
        .and(policies::routes())
        .and(tokens::routes())
        .and(session::routes())
        .and(roles::routes())
        .and(permissions::routes())
        .and(sources::routes())
        .and(deliveries::routes())
        .and(live::routes())
}

/// Routes that check a credential of their own.
pub(crate) fn with_own_credentials() -> Routes {
    attempts::routes().and(hooks::routes())
}

/// Routes of the API for everybody.
pub(crate) fn for_everybody() -> Routes {
    description::routes().and(docs::routes())
}

/// Routes for everybody, beside the API.
pub(crate) fn open() -> Routes {
    health::routes().and(metrics::routes()).and(problems::routes())
}
