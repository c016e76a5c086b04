//! What befalls Redis and the ways to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use cicd_tests::redis::{Proxy, Server, Way};

/// How long each state lasts.
const PHASE: Duration = Duration::from_millis(150);
const SLOW: Duration = Duration::from_secs(2);

/// One fault after the other, with good times in between, until it is ended.
pub(crate) struct Faults {
    over: Arc<AtomicBool>,
    made: Arc<AtomicU64>,
    thread: JoinHandle<()>,
}

impl Faults {
    pub(crate) fn begin(server: Server, ways: [Proxy; 2]) -> Self {
        let (over, made) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (ending, counting) = (Arc::clone(&over), Arc::clone(&made));
        let thread = std::thread::spawn(move || {
            for kind in (0..6).cycle() {
                std::thread::sleep(PHASE);
                if ending.load(Ordering::SeqCst) {
                    return;
                }
                fault(kind, &server, &ways);
                counting.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { over, made, thread }
    }

    /// Ends them; gives how many there were.
    pub(crate) fn end(self) -> u64 {
        self.over.store(true, Ordering::SeqCst);
        self.thread.join().unwrap();
        self.made.load(Ordering::SeqCst)
    }
}

fn fault(kind: usize, server: &Server, ways: &[Proxy; 2]) {
    let for_a_while = |ways: &[&Proxy], way| {
        ways.iter().for_each(|proxy| proxy.set(way));
        std::thread::sleep(PHASE);
        ways.iter().for_each(|proxy| proxy.set(Way::Open));
    };
    match kind {
        0 => for_a_while(&[&ways[0]], Way::Cut),
        1 => for_a_while(&[&ways[0], &ways[1]], Way::Slow(SLOW)),
        2 => server.flush(),
        3 => for_a_while(&[&ways[1]], Way::Slow(SLOW)),
        4 => for_a_while(&[&ways[0], &ways[1]], Way::Cut),
        _ => {
            server.stop();
            std::thread::sleep(PHASE);
            server.run();
        }
    }
}
