//! No address takes more than its share, whoever it says it is.

use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::api::Api;
use crate::origin::ClientAddress;
use crate::problem::{Kind, Problem};

/// Refuses an address that sends more than is taken. Who is not known, where the server does not tell, is not counted.
pub(crate) async fn pace(State(api): State<Api>, request: Request, next: Next) -> Response {
    let address = request.extensions().get::<ClientAddress>().map(|address| address.network());
    match address.map_or(Ok(()), |address| api.addresses().take(address, Instant::now())) {
        Ok(()) => next.run(request).await,
        Err(seconds) => too_many("the address", seconds).into_response(),
    }
}

/// `who` has to wait.
pub(crate) fn too_many(who: &str, seconds: u64) -> Problem {
    let detail = format!("{who} sends too many requests; accepted: the same in {seconds} s");
    Problem::new(Kind::TooManyRequests, detail).retry_after(seconds)
}
