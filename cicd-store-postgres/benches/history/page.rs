//! The pages that people look at, asked of the store and of pgbench.

use std::time::{Duration, Instant};

use cicd_core::audit::Chain;
use cicd_core::page::Limit;
use cicd_core::port::{EventQuery, ListQuery, Order, Place, ReleaseFilter, Store as _};
use cicd_store_postgres::PostgresStore;
use cicd_tests::postgres::binaries;
use tokio::process::Command;

use crate::past::acme;

/// Few enough that the shortest history has a full page after its middle.
const ENTRIES: u64 = 20;

/// The statement that the one connection of the store has prepared last.
const LEARN: &str =
    "SELECT statement FROM pg_prepared_statements WHERE from_sql = false ORDER BY prepare_time DESC LIMIT 1";

/// A page of a service's history, from the newest on or from its middle on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    Releases { middle: bool },
    Timeline { middle: bool },
}

impl Page {
    pub(crate) const ALL: [Self; 4] = [
        Self::Releases { middle: false },
        Self::Releases { middle: true },
        Self::Timeline { middle: false },
        Self::Timeline { middle: true },
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Releases { middle: false } => "release list, first page",
            Self::Releases { middle: true } => "release list, a page of its middle",
            Self::Timeline { middle: false } => "timeline, first page",
            Self::Timeline { middle: true } => "timeline, a page of its middle",
        }
    }

    /// Reads it once, out of a history of `events`.
    pub(crate) async fn read(self, store: &PostgresStore, events: u32) {
        let service = Some("site-0".parse().unwrap());
        let (limit, half) = (Limit::new(ENTRIES).unwrap(), u64::from(events / 2));
        let entries = match self {
            Self::Releases { middle } => {
                let query = ListQuery::Releases(ReleaseFilter { service, ..ReleaseFilter::default() });
                let after = middle.then(|| Place { number: half, id: "~".to_owned() }.to_string());
                store.list(&acme(), &query, after.as_deref(), limit).await.unwrap().items.len()
            }
            Self::Timeline { middle } => {
                let (order, after) = (Order::NewestFirst, middle.then_some(half));
                let limit = limit.get();
                let query = EventQuery { service, order, after, limit, ..EventQuery::of(Chain::Ledger) };
                store.events(&acme(), &query).await.unwrap().len()
            }
        };
        assert_eq!(entries as u64, ENTRIES, "{}: the page is full", self.name());
    }

    /// How long one reading takes, in microseconds.
    pub(crate) async fn micros(self, store: &PostgresStore, events: u32, times: u32) -> f64 {
        let began = Instant::now();
        for _ in 0..times {
            self.read(store, events).await;
        }
        began.elapsed().as_secs_f64() * 1e6 / f64::from(times)
    }

    /// Reads it for the first time, and gives the statement that the store sent for it, with its values.
    pub(crate) async fn statement(self, store: &PostgresStore, events: u32) -> String {
        self.read(store, events).await;
        let learn = sqlx::query_scalar(LEARN).persistent(false);
        let sql: String = learn.fetch_one(store.pool()).await.unwrap();
        let half = (events / 2).to_string();
        let (what, after, limit) = match self {
            Self::Releases { middle } => {
                let after = if middle { vec![half, "'~'".to_owned()] } else { Vec::new() };
                (vec!["'acme'", "'site-0'"], after, ENTRIES + 1)
            }
            Self::Timeline { middle } => (
                vec!["'acme'", "'ledger'", "'site-0'"],
                middle.then_some(half).into_iter().collect(),
                ENTRIES,
            ),
        };
        let values: Vec<String> =
            what.into_iter().map(str::to_owned).chain(after).chain([limit.to_string()]).collect();
        let numbered = (1..=values.len()).rev().zip(values.iter().rev());
        numbered.fold(sql, |sql, (number, value)| sql.replace(&format!("${number}"), value))
    }
}

/// How long pgbench takes for `statement`, in microseconds; zero without pgbench.
pub(crate) async fn pgbench(url: &str, statement: &str, round: Duration) -> f64 {
    let Some(program) = binaries().map(|bin| bin.join("pgbench")).filter(|program| program.exists()) else {
        return 0.0;
    };
    let directory = tempfile::tempdir().unwrap();
    let script = directory.path().join("page.sql");
    std::fs::write(&script, format!("{};\n", statement.replace('\n', " "))).unwrap();
    let seconds = round.as_secs().max(1).to_string();
    let mut command = Command::new(&program);
    command.args(["-n", "-M", "prepared", "-c", "1", "-T", &seconds, "-f"]).arg(&script).arg(url);
    let output = command.output().await.unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let line = told.lines().find_map(|line| line.strip_prefix("latency average = "));
    let line = line.unwrap_or_else(|| panic!("{told}{}", String::from_utf8_lossy(&output.stderr)));
    line.split(' ').next().unwrap().parse::<f64>().unwrap() * 1e3
}
