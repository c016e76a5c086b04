//! A rehearsal and a backup while eight writers go on, and a schema against its migrations.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cicd_core::audit::Chain;
use cicd_core::migration::{MayLose, Way};
use cicd_core::port::{Load, RecordKey, RecordKind, Store as _};
use cicd_core::testing::builders::{put, service};
use cicd_store_sqlite::{
    LATEST_MIGRATION, OpenError, SqliteOptions, SqliteStore, backup, migrate_down, migrate_down_losing,
    rehearse, verify_schema,
};

use crate::database::{Database, acme, create, register};

const WRITERS: usize = 8;

/// Eight that commit until they are told to stop.
struct Writers {
    stop: Arc<AtomicBool>,
    tasks: Vec<tokio::task::JoinHandle<Vec<String>>>,
}

impl Writers {
    /// Starts them, and waits until the ledger holds fifty events.
    async fn start(store: &SqliteStore) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let write = |writer| {
            let (store, stop) = (store.clone(), Arc::clone(&stop));
            tokio::spawn(async move {
                let mut journal = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let id = format!("w{writer}-{}", journal.len());
                    store.commit(put(&acme(), service(&id))).await.unwrap();
                    journal.push(id);
                }
                journal
            })
        };
        let writers = Self { tasks: (0..WRITERS).map(write).collect(), stop };
        while events(store).await < 50 {
            tokio::task::yield_now().await;
        }
        writers
    }

    /// Stops them; gives what was acknowledged.
    async fn journal(self) -> Vec<String> {
        self.stop.store(true, Ordering::Relaxed);
        let mut journal = Vec::new();
        for task in self.tasks {
            journal.extend(task.await.unwrap());
        }
        journal
    }
}

async fn events(store: &SqliteStore) -> u64 {
    store.head(&acme(), Chain::Ledger).await.unwrap().seq
}

async fn holds(store: &SqliteStore, id: &str) -> bool {
    let load = Load::record(RecordKey::new(RecordKind::Service, id));
    store.load(&acme(), &load).await.unwrap().record.is_some()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_go_on_while_a_rehearsal_runs() {
    let database = Database::migrated().await;
    let store = database.open().await;
    let writers = Writers::start(&store).await;
    let before = events(&store).await;
    let report = rehearse(database.path()).await.unwrap();
    let after = events(&store).await;
    let journal = writers.journal().await;

    assert!(report.passed(), "{report}");
    assert_eq!(report.moves.iter().map(|step| step.way).collect::<Vec<_>>(), [Way::Down, Way::Up]);
    let copied = report.tables["cicd_service"].rows;
    assert_eq!(report.tables["cicd_audit_event"].rows, copied, "the copy is of one moment");
    assert!((before..=after).contains(&copied), "{before} {copied} {after}");
    assert!(after > copied, "writers went on after the moment of the copy");
    for id in &journal {
        assert!(holds(&store, id).await, "`{id}` is lost");
    }
    assert_eq!(events(&store).await, journal.len() as u64, "nothing but what the writers were told");
    assert_eq!(store.oracle().await.unwrap(), [] as [String; 0]);
    store.close().await;
    assert!(verify_schema(database.path()).await.unwrap().differences.is_empty());
    assert!(!database.directory().join("cicd.db.rehearsal").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_holds_what_was_acknowledged_before_it() {
    let database = Database::migrated().await;
    let store = database.open().await;
    let site = register(&store, "shop").await;
    create(&store, &site, 1).await;
    let writers = Writers::start(&store).await;
    let kept = events(&store).await;
    let to = database.directory().join("kept.db");
    let reports = backup(database.path(), &to).await.unwrap();
    assert!(reports[0].verified() >= kept && reports[0].error.is_none(), "{reports:?}");
    let again = backup(database.path(), &to).await.unwrap_err();
    assert!(matches!(&again, OpenError::Exists { path } if *path == to), "{again}");
    writers.journal().await;
    store.close().await;

    let restored = SqliteStore::open(&to, SqliteOptions::default()).await.unwrap();
    assert_eq!(events(&restored).await, reports[0].head.seq);
    assert!(holds(&restored, "shop").await && holds(&restored, "w0-0").await);
    assert_eq!(restored.oracle().await.unwrap(), [] as [String; 0]);
    restored.close().await;
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&to).unwrap().permissions());
    assert_eq!(mode & 0o077, 0, "only its owner reads it");
}

#[tokio::test]
async fn what_is_not_sound_is_not_kept() {
    let database = Database::migrated().await;
    let store = database.open().await;
    store.commit(put(&acme(), service("a"))).await.unwrap();
    store.close().await;
    let forged = "UPDATE cicd_audit_event SET bytes = replace(bytes, 'service', 'Service')";
    database.past_triggers("cicd_audit_event", forged).await;
    let to = database.directory().join("kept.db");
    let refused = backup(database.path(), &to).await.unwrap_err();
    assert!(matches!(refused, OpenError::Corrupt { .. }), "{refused}");
    let left: Vec<_> = std::fs::read_dir(database.directory())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("kept"))
        .collect();
    assert_eq!(left, [] as [String; 0]);
}

#[tokio::test]
async fn every_difference_of_a_schema_is_named() {
    let database = Database::migrated().await;
    let sound = verify_schema(database.path()).await.unwrap();
    assert_eq!((sound.version, sound.differences.len()), (LATEST_MIGRATION, 0));
    for sql in [
        "DROP TRIGGER cicd_audit_event_stays",
        "DROP INDEX cicd_release_slot",
        "CREATE INDEX cicd_release_slot ON cicd_release (tenant)",
        "ALTER TABLE cicd_service ADD COLUMN note TEXT",
        "CREATE TABLE cicd_extra (id TEXT)",
    ] {
        database.by_hand(sql).await.unwrap();
    }
    let found = verify_schema(database.path()).await.unwrap().differences;
    let lines: Vec<_> = found.iter().map(ToString::to_string).collect();
    let begin = [
        "index `cicd_release_slot` has another definition: `CREATE INDEX",
        "table `cicd_extra` is not of the migrations",
        "table `cicd_service` has another definition",
        "trigger `cicd_audit_event_stays` is missing",
    ];
    assert_eq!(lines.len(), begin.len(), "{lines:#?}");
    for (line, begin) in lines.iter().zip(begin) {
        assert!(line.starts_with(begin), "{line}");
    }
    let report = rehearse(database.path()).await.unwrap();
    assert!(!report.passed() && report.moves.is_empty(), "{report}");
}

#[tokio::test]
async fn a_schema_is_verified_and_rehearsed_at_the_step_it_is_at() {
    let database = Database::migrated().await;
    for version in (0..=LATEST_MIGRATION).rev() {
        let found = verify_schema(database.path()).await.unwrap();
        assert_eq!((found.version, found.differences), (version, Vec::new()));
        if version > 0 {
            let report = rehearse(database.path()).await.unwrap();
            assert!(report.passed() && report.to == LATEST_MIGRATION, "{report}");
            migrate_down(database.path(), version - 1).await.unwrap();
        }
    }
}

#[tokio::test]
async fn what_is_stored_goes_only_when_told_twice() {
    let database = Database::migrated().await;
    let store = database.open().await;
    let site = register(&store, "shop").await;
    create(&store, &site, 1).await;
    store.close().await;
    let down = async |may_lose| migrate_down_losing(database.path(), 0, may_lose).await;
    let version = |refused| match refused {
        Err(OpenError::WouldLose { version, .. }) => version,
        other => panic!("{other:?}"),
    };
    assert_eq!(version(down(MayLose::Nothing).await), 3);
    assert_eq!(version(down(MayLose::Rows).await), 1);
    assert_eq!(down(MayLose::AuditEvents).await.unwrap(), [1]);
}
