//! Pages that come out of a cache: never older than a head's life, never without a reader's own writes, for nobody who may
//! not have them.

mod answers;
mod flights;
mod races;
mod rights;
mod watched;

use std::time::Duration;

use cicd_core::authz::Caller;
use cicd_core::engine::{Answer, Engine, EngineError, Options, Question, View};
use cicd_core::id::{ReleaseId, ServiceId};
use cicd_core::memory::{MemoryCache, SteppedClock};
use cicd_core::page::Limit;
use cicd_core::service::ServiceDraft;
use cicd_core::timeline::TimelineQuery;
use serde_json::{Value, json};

use super::world::{World, rolling};
use watched::Watched;

/// How long heads live.
const LIFE: Duration = Duration::from_secs(1);

/// A world, and hosts over caches whose clock stands still.
struct Site {
    world: World,
    clock: SteppedClock,
}

impl Site {
    async fn new() -> Self {
        Self { world: World::new(rolling()).await, clock: SteppedClock::default() }
    }

    /// An empty cache.
    fn cache(&self) -> Watched {
        Watched::new(MemoryCache::new(self.clock.clone(), u64::try_from(LIFE.as_micros()).unwrap()))
    }

    /// A host over `cache`.
    fn host(&self, cache: &Watched, seed: u64) -> Engine {
        self.world.engine_over(cache.clone(), seed)
    }

    /// Lets the heads die that are known now.
    fn pass_a_life(&self) {
        self.clock.step(i64::try_from(LIFE.as_micros()).unwrap());
    }

    /// Renames the shop on `host`; gives the sequence that the writer is told.
    async fn rename(&self, host: &Engine, name: &str) -> u64 {
        let draft = ServiceDraft::parse(&json!({ "name": name })).unwrap();
        let ada = self.world.ada();
        host.put_service(&ada, &self.world.service(), &draft, &Options::default()).await.unwrap().seq
    }

    /// The shop's timeline as `host` gives it to ann.
    async fn timeline(&self, host: &Engine, seen: Option<u64>) -> Timeline {
        let timeline = host.page(&self.world.ann(), &self.question(), &VIEW, seen).await.unwrap();
        Timeline(serde_json::from_slice(&timeline).unwrap())
    }

    fn question(&self) -> Question {
        timeline(self.world.service(), None, limit(50))
    }
}

/// A timeline as a reader got it.
#[derive(Debug)]
struct Timeline(Value);

impl Timeline {
    /// Whether the event `seq` is in it.
    fn has(&self, seq: u64) -> bool {
        self.0["items"].as_array().unwrap().iter().any(|entry| entry["seq"] == seq)
    }
}

fn limit(entries: u64) -> Limit {
    Limit::new(entries).unwrap()
}

/// A page of a service's timeline, newest first.
fn timeline(service: ServiceId, after: Option<u64>, limit: Limit) -> Question {
    Question::ServiceTimeline { service, query: TimelineQuery { after, limit, ..TimelineQuery::default() } }
}

/// The whole of a release's timeline.
fn of_release(release: ReleaseId) -> Question {
    Question::ReleaseTimeline { release, query: TimelineQuery::default() }
}

const VIEW: View = View { name: "test", of: String::new(), write };

fn write(answer: Answer, of: &str) -> Result<Vec<u8>, EngineError> {
    Ok(match answer {
        Answer::Timeline(page) => {
            serde_json::to_vec(&json!({ "items": page.items, "next": page.next, "of": of }))?
        }
        Answer::Releases(page) => {
            serde_json::to_vec(&json!({ "items": page.items, "next": page.next, "of": of }))?
        }
    })
}

async fn asked(host: &Engine, caller: &Caller, question: &Question) -> Result<Vec<u8>, EngineError> {
    host.page(caller, question, &VIEW, None).await.map(|page| page.to_vec())
}
