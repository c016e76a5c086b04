//! The story of the pages in a browser (`web/e2e`), over PostgreSQL and Redis instead of what a host embeds.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

use cicd_tests::postgres::Database;
use cicd_tests::redis::Server;

#[tokio::test]
#[ignore = "it builds the host and the pages: `cargo xtask prove --filter story`"]
async fn the_story_is_the_same_over_postgresql_and_redis() {
    let (database, redis) = (Database::empty().await, Server::start());
    let told = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--package", "xtask", "--", "browse"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .env("CICD_DATABASE", database.url())
        .env("CICD_MIGRATE", "true")
        .env("CICD_CACHE", redis.url())
        .status()
        .expect("cargo starts");
    assert!(told.success(), "`cargo xtask browse`: {told}");
    let releases = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM cicd_release");
    let kept = releases.fetch_one(&database.pool().await).await.expect("a table of releases");
    assert!(kept > 0, "the host kept its releases elsewhere");
    assert!(redis.keys() > 0, "the host kept its pages elsewhere");
}
