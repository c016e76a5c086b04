//! The same two statements sent by pgbench, the server's own bench, a process for each client.

use std::fmt::Write as _;
use std::process::Stdio;
use std::sync::atomic::Ordering;
use std::time::Duration;

use cicd_tests::postgres::binaries;
use tokio::process::Command;

use crate::bare::{Bare, Decision};

/// The release's version, as the script counts it.
const VERSION: &str = "CAST(:version AS bigint)";

/// How many decisions a second `clients` processes make, each on a release of its own; zero without pgbench.
pub(crate) async fn callers(url: &str, bare: &Bare, clients: u64, round: Duration) -> f64 {
    let Some(program) = binaries().map(|bin| bin.join("pgbench")).filter(|program| program.exists()) else {
        return 0.0;
    };
    let pool = sqlx::PgPool::connect(url).await.unwrap();
    bare.look(&pool).await;
    pool.close().await;
    let directory = tempfile::tempdir().unwrap();
    let mut running = Vec::new();
    for (number, decision) in bare.decisions.iter().enumerate().take(usize::try_from(clients).unwrap()) {
        let script = directory.path().join(format!("{number}.sql"));
        std::fs::write(&script, lines(bare, decision)).unwrap();
        let seconds = round.as_secs().max(1).to_string();
        let version = format!("version={}", decision.version.load(Ordering::Relaxed));
        let mut command = Command::new(&program);
        command.args(["-n", "-M", "prepared", "-c", "1", "-T", &seconds, "-D", &version, "-f"]).arg(script);
        running.push(command.arg(url).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    }
    let mut rate = 0.0;
    for process in running {
        let output = process.wait_with_output().await.unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        let line = told.lines().find_map(|line| line.strip_prefix("tps = "));
        let line = line.unwrap_or_else(|| panic!("{told}{}", String::from_utf8_lossy(&output.stderr)));
        rate += line.split(' ').next().unwrap().parse::<f64>().unwrap();
    }
    rate
}

/// A script that decides once, with the values of `decision` in place of the parameters.
fn lines(bare: &Bare, decision: &Decision) -> String {
    let (tenant, release) = (text(&decision.tenant), text(&decision.release));
    let null = "NULL".to_owned();
    let asked =
        [tenant.clone(), null.clone(), null.clone(), release.clone(), null.clone(), null.clone(), "0".into()];
    let load = asked
        .into_iter()
        .chain(std::iter::repeat_n(null.clone(), 3))
        .chain([text("release"), release.clone()]);
    let array = |value: &str| format!("ARRAY[{value}]");
    let [before, after] =
        decision.body.each_ref().map(|body| text(body).replace('\u{1}', "' || chr(1) || '"));
    let (kinds, ids, versions) = (array(&text("release")), array(&release), array(VERSION));
    let body = array(&format!("{before} || ({VERSION} + 1)::text || {after}"));
    let commit =
        [tenant, array(&text(&decision.event)), "'{}'".into(), array("0"), kinds.clone(), ids.clone()];
    let commit = commit.into_iter().chain([
        versions.clone(),
        kinds,
        ids.clone(),
        versions,
        array(&format!("{VERSION} + 1")),
        body,
    ]);
    let commit = commit.chain([array("NULL"), array("true"), array("'+0'"), ids.clone(), ids, null.clone()]);
    let commit = commit.chain(["false".to_owned()]).chain(std::iter::repeat_n(null, 9));
    let mut script = String::new();
    for (sql, values) in [(&bare.load, load.collect::<Vec<_>>()), (&bare.commit, commit.collect())] {
        let sql = with_values(sql, &values).replace('\n', " ");
        // Writing to a `String` can't fail.
        let _ = writeln!(script, "{sql};");
    }
    script + "\\set version :version + 1\n"
}

/// `sql` with each `$n` replaced, the longest numbers first.
fn with_values(sql: &str, values: &[String]) -> String {
    let numbered = (1..=values.len()).rev().zip(values.iter().rev());
    numbered.fold(sql.to_owned(), |sql, (number, value)| {
        // `$1::text[]` in front of a value's own `::` would bind tighter than its operators.
        sql.replace(&format!("${number}"), &format!("({value})"))
    })
}

/// A literal. pgbench would take a word after a colon for a variable of its own, even inside one.
fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''").replace(':', "' || chr(58) || '"))
}
