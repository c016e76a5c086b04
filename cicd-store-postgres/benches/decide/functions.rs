//! Where the server spends a commit, as it tells itself.

use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::bare::Bare;

/// By function: its calls, and a call's microseconds with and without what it calls.
const TIMES: &str = "
SELECT funcname::text, calls, total_time * 1000 / calls, self_time * 1000 / calls FROM pg_stat_user_functions
WHERE calls > 0 ORDER BY self_time DESC";

/// Decides for `round` on a session that times its functions, which makes them slower, and prints their times.
pub(crate) async fn report(url: &str, bare: &Arc<Bare>, round: Duration) {
    let timed = [("track_functions", "all"), ("plan_cache_mode", "force_generic_plan")];
    let options = PgConnectOptions::from_str(url).unwrap().options(timed);
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options.clone()).await.unwrap();
    bare.callers(&pool, 1, round).await;
    // The server adds up what a session did when the session ends.
    pool.close().await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    let rows: Vec<(String, i64, f64, f64)> = sqlx::query_as(TIMES).fetch_all(&pool).await.unwrap();
    for (function, calls, total, own) in rows {
        println!(
            "postgres/decide   {function:<26} {calls:>6} calls: {total:>6.0} us each, {own:>6.0} us of its own"
        );
    }
    pool.close().await;
}
