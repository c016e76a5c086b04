//! A migration whose process is killed in the middle of a step.

use std::process::{Child, Command, Stdio};

use cicd_store_postgres::{LATEST_MIGRATION, migrate, schema_status, verify_schema};
use cicd_tests::postgres::Database;
use sqlx::postgres::PgPool;

const DATABASE: &str = "CICD_KILL_TEST_DATABASE";

/// The server waits for the test once an object was made, in the transaction of its step.
const HOLD: &str = "
CREATE TABLE hold (object text NOT NULL);
CREATE FUNCTION hold() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands(), public.hold WHERE object_identity LIKE object || '%') THEN
        PERFORM pg_advisory_xact_lock_shared(77);
    END IF;
END
$$;
CREATE EVENT TRIGGER hold ON ddl_command_end EXECUTE FUNCTION hold();";
const WAITING: &str = "
SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))";

/// One object in the middle of each step.
const OBJECTS: [&str; LATEST_MIGRATION as usize] = [
    "public.cicd_audit_event",
    "public.cicd_release",
    "public.cicd_outcome",
    "public.cicd_commit(",
    "public.cicd_source_delivery",
    "public.cicd_ci_run_by_ref",
    "public.cicd_token_use",
];

#[tokio::test]
async fn a_migration_that_was_killed_is_resumed() {
    for (before, object) in (0..).zip(OBJECTS) {
        let database = Database::empty().await;
        let pool = database.pool().await;
        sqlx::raw_sql(HOLD).execute(&pool).await.unwrap();
        sqlx::query("INSERT INTO hold VALUES ($1)").bind(object).execute(&pool).await.unwrap();
        let mut hold = pool.acquire().await.unwrap();
        sqlx::query("SELECT pg_advisory_lock(77)").execute(&mut *hold).await.unwrap();

        let mut child = start(&database);
        reached(&pool, &mut child).await;
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(schema_status(&pool).await.unwrap().version, before, "only whole steps are there");
        // The server has what was sent and goes on with it; but nobody is left who commits.
        sqlx::query("SELECT pg_advisory_unlock(77)").execute(&mut *hold).await.unwrap();
        drop(hold);

        let resumed: Vec<u32> = (before + 1..=LATEST_MIGRATION).collect();
        assert_eq!(migrate(&pool).await.unwrap(), resumed, "killed at `{object}`");
        assert_eq!(verify_schema(&pool).await.unwrap().differences, []);
    }
}

fn start(database: &Database) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::the_process_that_migrates", "--ignored"])
        .env(DATABASE, database.url())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits until the process is in the middle of its step.
async fn reached(pool: &PgPool, child: &mut Child) {
    while !sqlx::query_scalar::<_, bool>(WAITING).fetch_one(pool).await.unwrap() {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

#[tokio::test]
#[ignore = "another test starts it as a process of its own"]
async fn the_process_that_migrates() {
    let pool = PgPool::connect(&std::env::var(DATABASE).unwrap()).await.unwrap();
    migrate(&pool).await.unwrap();
}
