//! Two hosts, their clients, and what is asked of them in the end.

use std::path::Path;
use std::process::{Command, Stdio};

use cicd_tests::postgres::Database;
use tempfile::TempDir;

use crate::load::host::Host;
use crate::load::setup::{People, people_and_places};
use crate::load::{Dice, Load, Site, verify};

const CLIENTS: usize = 6;
const NAMES: [&str; 2] = ["one", "other"];

pub(crate) struct Pair {
    pub(crate) hosts: [Host; 2],
    pub(crate) site: Site,
    pub(crate) people: People,
    load: Load,
    directory: TempDir,
    _database: Database,
}

impl Pair {
    /// Two hosts over a database of their own, and clients at work.
    pub(crate) async fn under_load(seed: u64) -> Self {
        let (directory, database) = (TempDir::new().expect("a directory"), Database::empty().await);
        let migrated = Command::new(env!("CARGO_BIN_EXE_cicd"))
            .args(["migrate", "up", "--database", &database.url()])
            .stdout(Stdio::null())
            .status();
        assert!(migrated.expect("cicd runs").success());
        let start = |name| {
            let (directory, url) = (directory.path(), database.url());
            async move { Host::start(directory, name, Some(&url)).await }
        };
        let [one, other] = NAMES.map(start);
        let (one, other) = tokio::join!(one, other);
        let site = Site::new(&[one.port(), other.port()], directory.path());
        let admin = one.admin_token().or_else(|| other.admin_token()).expect("a first start leaves a token");
        let people = people_and_places(&site, &admin, CLIENTS).await;
        let load = Load::begin(&site, &people, CLIENTS, seed);
        Self { hosts: [one, other], site, people, load, directory, _database: database }
    }

    /// One of the two.
    pub(crate) fn pick(&self, dice: &mut Dice) -> usize {
        usize::from(dice.below(2) == 1)
    }

    /// Lets the work end, and fails unless all is there once and both hosts had a part in it; tells the run in a line, and how
    /// many attempts met a living child of the one before.
    pub(crate) async fn judge(mut self) -> (String, usize) {
        let told = verify::everything(&self.site, &self.people, &self.load.end().await).await;
        let shares = NAMES.map(|name| share(self.directory.path(), name));
        assert!(shares.iter().all(|share| share.iter().sum::<usize>() > 0), "one host did all: {shares:?}");
        for host in &mut self.hosts {
            host.stop().await;
        }
        self.hosts[0].examine();
        let [one, other] = shares;
        let told = format!("{told}; rollouts and builds of each host {one:?} {other:?}");
        (told, verify::overlaps(&self.site))
    }
}

/// How many steps of rollouts and of builds the host `name` carried out: each notes where its workspace was.
fn share(directory: &Path, name: &str) -> [usize; 2] {
    let work = directory.join(name).display().to_string();
    ["applies", "builds"].map(|notes| {
        let notes = std::fs::read_to_string(directory.join("state").join(notes)).unwrap_or_default();
        notes.lines().filter(|line| line.contains(&format!("{work}/"))).count()
    })
}
