//! Units of work that are done whole.

use cicd_core::port::StoreError;

/// Does a unit of work, reads too, whether or not anybody still waits for the answer: a caller that goes away can't
/// leave a connection in the middle of it, where the next one would wait for what was asked before.
pub(crate) async fn whole<T: Send + 'static>(
    work: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> Result<T, StoreError> {
    let gone = |error| StoreError::Unavailable { message: format!("the work was not finished: {error}") };
    tokio::spawn(work).await.unwrap_or_else(|error| Err(gone(error)))
}
