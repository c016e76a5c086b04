//! What was answered survives `kill -9`.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use cicd_core::port::{Load, RecordKey, RecordKind, Store as _};
use cicd_core::testing::builders::{put, service};
use cicd_core::trail::verify_tenant;

use crate::database::{Database, acme};

const WRITERS: u64 = 8;
const DATABASE: &str = "CICD_KILL_TEST_DATABASE";
const ROUND: &str = "CICD_KILL_TEST_ROUND";

/// Kills a writing process [`kills`] times, after another number of answers each time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_is_there_after_a_kill() {
    let database = Database::migrated().await;
    let mut answered = Vec::new();
    for round in 0..kills() {
        answered.extend(write_and_kill(&database, round, 20 + 17 * (round % 5)));
        let store = database.open().await;
        for id in &answered {
            let load = Load::record(RecordKey::new(RecordKind::Service, id));
            assert!(
                store.load(&acme(), &load).await.unwrap().record.is_some(),
                "`{id}` was answered and is gone"
            );
        }
        assert_eq!(store.oracle().await.unwrap(), Vec::<String>::new());
        let reports = verify_tenant(&store, &acme()).await.unwrap();
        assert!(reports[0].error.is_none() && reports[0].verified() >= answered.len() as u64, "{reports:?}");
        store.close().await;
    }
}

/// Ten, unless `CICD_PROVE_KILLS` asks for more.
fn kills() -> usize {
    std::env::var("CICD_PROVE_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(10)
}

/// Starts a process that writes, kills it after so many answers, and gives all that it was answered.
fn write_and_kill(database: &Database, round: usize, answers: usize) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::the_process_that_writes", "--nocapture", "--ignored"])
        .env(DATABASE, database.path())
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut answered = Vec::new();
    while answered.len() < answers {
        let line = lines.next().expect("the writer went away by itself").unwrap();
        answered.extend(line.strip_prefix("answered ").map(str::to_owned));
    }
    child.kill().unwrap();
    // What was answered before the kill, but not read yet, counts too; a line that was cut off does not.
    for line in lines.map_while(Result::ok) {
        answered
            .extend(line.strip_prefix("answered ").and_then(|id| id.strip_suffix('.')).map(str::to_owned));
    }
    child.wait().unwrap();
    answered.iter().map(|id| id.trim_end_matches('.').to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "another test starts it as a process of its own"]
async fn the_process_that_writes() {
    let (path, round) = (std::env::var(DATABASE).unwrap(), std::env::var(ROUND).unwrap());
    let store = cicd_store_sqlite::SqliteStore::open(path, Default::default()).await.unwrap();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (store, round) = (store.clone(), round.clone());
            tokio::spawn(async move {
                for number in 0_u64.. {
                    let id = format!("r{round}-w{writer}-{number}");
                    store.commit(put(&acme(), service(&id))).await.unwrap();
                    println!("answered {id}.");
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
}
