//! `/hooks/{source}`: where senders deliver. Their signature is their credential.

use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use cicd_core::engine::{DeliverError, Delivered};
use cicd_core::source::{Headers, Provider};

use super::Routes;
use crate::api::Api;
use crate::authn::{Failures, Unauthenticated};
use crate::dto::{HookAddress, Received};
use crate::extract::{Params, PathId, raw};
use crate::openapi::{Operation, example};
use crate::origin::address;
use crate::problem::{Kind, Problem};
use crate::reply;

/// After how many seconds a sender whose source is busy comes again.
const RETRY_SECONDS: u64 = 1;

pub(super) fn routes() -> Routes {
    Routes::of("Callbacks").post("/hooks/{source}", deliver, || {
        Operation::new("deliver", "A source tells what happened to a repository")
            .about("Answered once the delivery and the runs that it starts are stored.")
            .with_credential("signature")
            .takes_any("What the source's provider sends.", &example::delivery())
            .json::<Received>("A repeat, of which nothing comes.")
            .json_with::<Received>(202, "Taken.")
            .meets(&[Kind::Unverified, Kind::SourceBusy, Kind::Contended])
    })
}

/// Answers once the delivery and what it starts are stored: 202, or 200 for a repeat.
async fn deliver(
    State(api): State<Api>,
    PathId(text): PathId<String>,
    params: Params,
    request: Request,
) -> Result<Response, Problem> {
    params.finish()?;
    let (parts, body) = request.into_parts();
    let hook: Option<HookAddress> = text.parse().ok();
    let (now, from) = (Instant::now(), address(&parts));
    let asked = hook.as_ref().map(|hook| hook.source);
    let wait = |failures: &Failures<_>| from.and_then(|from| failures.wait((from, asked), now));
    if let Some(seconds) = wait(api.unverified()).or_else(|| wait(api.unknown())) {
        return Err(Unauthenticated::TooManyFailures { seconds }.into());
    }
    let body = raw(&parts.headers, body).await?;
    let headers = Headers::new(parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())));
    let delivered = match &hook {
        Some(hook) => api.engine().deliver(&hook.tenant, hook.source, &headers, &body).await,
        None => Err(DeliverError::Unknown),
    };
    api.metrics().delivered(provider(&delivered), outcome(&delivered));
    let delivered = delivered.map_err(|error| {
        // Whoever makes up sources as they like makes no count of those that are there forgotten.
        match (from, &error) {
            (Some(from), DeliverError::Unverified { .. }) => api.unverified().count((from, asked), now),
            (Some(from), DeliverError::Unknown) => api.unknown().count((from, asked), now),
            _ => {}
        }
        refused(error)
    })?;
    let mut response = reply::json(&Received::from(delivered));
    *response.status_mut() = if delivered.is_duplicate { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok(response)
}

/// What came of a delivery, to be counted.
const fn outcome(delivered: &Result<Delivered, DeliverError>) -> &'static str {
    match delivered {
        Ok(delivered) if delivered.is_duplicate => "duplicate",
        Ok(_) => "accepted",
        Err(DeliverError::Unknown | DeliverError::Unverified { .. }) => "unverified",
        Err(DeliverError::Busy { .. }) => "busy",
        Err(DeliverError::Engine { .. }) => "failed",
    }
}

/// Who sent a delivery, to be counted. One that is not verified comes from nobody known; told apart by its source, it would tell
/// whoever reads the metrics which sources there are.
const fn provider(delivered: &Result<Delivered, DeliverError>) -> Option<Provider> {
    match delivered {
        Ok(Delivered { provider, .. }) | Err(DeliverError::Busy { provider }) => Some(*provider),
        Err(DeliverError::Engine { provider, .. }) => *provider,
        Err(DeliverError::Unknown | DeliverError::Unverified { .. }) => None,
    }
}

/// Why, a sender is not told: it would help one who forges.
fn refused(error: DeliverError) -> Problem {
    match error {
        DeliverError::Unknown | DeliverError::Unverified { .. } => {
            tracing::info!(%error, "a delivery is not taken");
            let challenge = HeaderValue::from_static("Signature realm=\"cicd\"");
            Problem::new(Kind::Unverified, "nothing shows that this comes from the sender of the source")
                .header(header::WWW_AUTHENTICATE, challenge)
        }
        DeliverError::Busy { .. } => {
            Problem::new(Kind::SourceBusy, error.to_string()).retry_after(RETRY_SECONDS)
        }
        DeliverError::Engine { error, .. } => error.into(),
    }
}
