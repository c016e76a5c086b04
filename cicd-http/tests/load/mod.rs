//! Load on hosts that die: clients that journal what they were told, and what the hosts say of it afterwards.

pub(crate) mod client;
mod dice;
pub(crate) mod host;
mod journal;
pub(crate) mod open;
pub(crate) mod setup;
mod site;
pub(crate) mod verify;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::JoinHandle;

pub(crate) use dice::Dice;
use journal::Entry;
use setup::People;
pub(crate) use site::Site;

/// Clients at work.
pub(crate) struct Load {
    over: Arc<AtomicBool>,
    clients: Vec<JoinHandle<Vec<Entry>>>,
}

impl Load {
    /// Sets `clients` to work, each as `seed` and its number say.
    pub(crate) fn begin(site: &Site, people: &People, clients: usize, seed: u64) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let client = |number| {
            let dice = Dice::new(seed, number as u64);
            tokio::spawn(client::run(number, people.clone(), site.clone(), dice, Arc::clone(&over)))
        };
        Self { clients: (1..=clients).map(client).collect(), over: Arc::clone(&over) }
    }

    /// Lets every client finish what it asks for, and gives what they were told.
    pub(crate) async fn end(self) -> Vec<Vec<Entry>> {
        self.over.store(true, Ordering::SeqCst);
        let mut journals = Vec::new();
        for client in self.clients {
            journals.push(client.await.expect("a client must not panic"));
        }
        journals
    }
}

/// A count or a seed from the environment.
pub(crate) fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|number| number.parse().ok()).unwrap_or(otherwise)
}
