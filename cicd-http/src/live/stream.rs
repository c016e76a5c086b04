//! One client's stream: what it missed, then what comes, each only when the client may hear of it.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;

use axum::http::request::Parts;
use cicd_core::audit::Chain;
use cicd_core::authz::Caller;
use cicd_core::engine::{Engine, EngineError};
use cicd_core::port::{EventQuery, Order};
use futures_util::Stream;
use futures_util::stream;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::feed::{Feed, News, news};
use super::frame;
use super::places::Place;
use crate::api::Api;
use crate::authn::{Shown, Unauthenticated};
use crate::limits::{EPOCH_TIME, HEARTBEAT_TIME, MISSED_EVENTS, REAUTHENTICATION_TIME};

/// How many missed events are read at once.
const PAGE: u16 = 100;

/// Where a stream begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// With what comes from now on.
    Now,
    /// With what came after this sequence, which the client saw last.
    After(u64),
    /// With what comes from now on, because what the client says it saw is no sequence.
    Unknown,
}

/// A client that listens.
pub(crate) struct Listener {
    api: Api,
    /// What it showed when it came, shown again whenever its rights may have changed.
    shown: Shown,
    caller: Caller,
    feed: Arc<Feed>,
    coming: Receiver<Arc<News>>,
    /// The last sequence that it was told of, or that it may not hear of.
    seen: u64,
    ready: VecDeque<Vec<u8>>,
    missed: bool,
    epoch: u64,
    next_check: Instant,
    next_authentication: Instant,
    next_heartbeat: Instant,
    stopping: Option<watch::Receiver<bool>>,
    ended: bool,
    _place: Place,
}

impl Listener {
    /// A listener from `start` on.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`].
    pub(crate) async fn new(
        api: Api,
        parts: Parts,
        caller: Caller,
        place: Place,
        start: Start,
    ) -> Result<Self, EngineError> {
        let feed = api.feeds().of(api.engine(), &caller.tenant).await?;
        // Listening begins before the look at the head, so that nothing falls between the two.
        let coming = feed.listen();
        let head = api.engine().ledger_seq(&caller.tenant).await?;
        let (seen, first) = match start {
            Start::After(seq) if seq <= head && head - seq <= MISSED_EVENTS => (seq, frame::ready(seq)),
            Start::Now => (head, frame::ready(head)),
            Start::After(_) | Start::Unknown => (head, frame::reset(head)),
        };
        let stopping = parts.extensions.get::<crate::server::Stopping>().map(|stopping| stopping.0.clone());
        let (now, epoch) = (Instant::now(), feed.epoch());
        Ok(Self {
            api,
            shown: Shown::by(&caller, parts),
            caller,
            feed,
            coming,
            seen,
            ready: VecDeque::from([first]),
            missed: true,
            epoch,
            next_check: now + EPOCH_TIME,
            next_authentication: now + REAUTHENTICATION_TIME,
            next_heartbeat: now + HEARTBEAT_TIME,
            stopping,
            ended: false,
            _place: place,
        })
    }

    /// The bytes to send, each piece made when the client has taken the one before.
    pub(crate) fn frames(self) -> impl Stream<Item = Result<Vec<u8>, Infallible>> + Send + 'static {
        stream::unfold(self, async |mut listener| Some((Ok(listener.next().await?), listener)))
    }

    async fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            if let Some(frame) = self.ready.pop_front() {
                self.next_heartbeat = Instant::now() + HEARTBEAT_TIME;
                return Some(frame);
            }
            if self.ended {
                return None;
            }
            if let Err(reason) = self.look().await {
                self.ended = true;
                self.ready.push_back(frame::end(reason));
            }
        }
    }

    /// Waits for the next thing to do, and does it.
    async fn look(&mut self) -> Result<(), &'static str> {
        if Instant::now() >= self.next_check {
            self.check().await?;
        }
        if self.missed {
            return self.catch_up().await;
        }
        let wake = self.next_check.min(self.next_heartbeat);
        tokio::select! {
            news = self.coming.recv() => match news {
                Ok(news) => self.tell(&news).await,
                // A client that reads slowly: the store still has what it missed.
                Err(RecvError::Lagged(_)) => self.missed = true,
                Err(RecvError::Closed) => return Err("unavailable"),
            },
            () = sleep_until(wake) => {
                if Instant::now() >= self.next_heartbeat {
                    self.ready.push_back(frame::heartbeat());
                }
            }
            () = stopping(self.stopping.as_mut()) => return Err("stopping"),
        }
        Ok(())
    }

    /// Asks again who the client is and whether it may listen, when that may have changed.
    async fn check(&mut self) -> Result<(), &'static str> {
        let now = Instant::now();
        self.next_check = now + EPOCH_TIME;
        let epoch = self.feed.epoch();
        if epoch == self.epoch && now < self.next_authentication {
            return Ok(());
        }
        self.caller = self.shown.caller(&self.api).await.map_err(|error| match error {
            Unauthenticated::Unavailable { .. } => "unavailable",
            _ => "unauthenticated",
        })?;
        self.api.engine().may_listen(&self.caller).await.map_err(|error| match error {
            EngineError::Denied { .. } => "denied",
            _ => "unavailable",
        })?;
        (self.epoch, self.next_authentication) = (epoch, now + REAUTHENTICATION_TIME);
        Ok(())
    }

    /// Reads a page of what was missed.
    async fn catch_up(&mut self) -> Result<(), &'static str> {
        let engine: Engine = self.api.engine().clone();
        let query = EventQuery {
            after: Some(self.seen),
            order: Order::OldestFirst,
            limit: PAGE,
            ..EventQuery::of(Chain::Ledger)
        };
        let tenant = self.caller.tenant.clone();
        let events = engine.events_after(&tenant, &query).await.map_err(|_| "unavailable")?;
        self.missed = events.len() == usize::from(PAGE);
        for event in &events {
            let news = news(&engine, &tenant, event).await.map_err(|_| "unavailable")?;
            self.tell(&news).await;
        }
        Ok(())
    }

    async fn tell(&mut self, news: &News) {
        if news.seq <= self.seen {
            return;
        }
        self.seen = news.seq;
        if self.api.engine().may_hear(&self.caller, &news.audience).await {
            self.ready.push_back(news.frame.clone());
        }
    }
}

async fn stopping(stopping: Option<&mut watch::Receiver<bool>>) {
    let Some(stopping) = stopping else { return std::future::pending().await };
    // A server that is gone has stopped.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}
