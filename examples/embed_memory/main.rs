//! The shortest start: an engine that keeps everything in memory.
//!
//! The lines between `begin` and `end` stand in the README and in the documentation of `Engine`, word for word.

type Error = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Error> {
    // begin
    use std::sync::Arc;

    use cicd_core::engine::{Engine, Options};
    use cicd_core::memory::{MemoryBlobs, MemoryStore, RoleTable, SequentialIds, SteppedClock};
    use cicd_core::service::ServiceDraft;
    use cicd_core::timeline::TimelineQuery;

    let engine = Engine::builder()
        .store(MemoryStore::new(SteppedClock::default()))
        .blobs(Arc::new(MemoryBlobs::default()))
        .ids(SequentialIds::default())
        .authorizer(RoleTable::default())
        .build()?;
    let token = engine.bootstrap(&"acme".parse()?, &"ada".parse()?).await?.ok_or("acme is not new")?;
    let ada = engine.authenticate(&token.secret.unwrap_or_default()).await?.ok_or("not a token")?;
    let shop = ServiceDraft { name: "Shop".into(), description: String::new() };
    engine.put_service(&ada, &"shop".parse()?, &shop, &Options::default()).await?;
    for entry in engine.service_timeline(&ada, &"shop".parse()?, &TimelineQuery::default()).await?.items {
        println!("{} {}", entry.at, entry.summary);
    }
    // end
    Ok(())
}
