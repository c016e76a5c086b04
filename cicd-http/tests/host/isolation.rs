//! What a step of a build can't reach: through the real host, with each way to confine commands.

use std::path::{Path, PathBuf};

use nix::unistd::geteuid;

use crate::support::shop::{Repository, Shop};
use crate::support::{Data, run_as, until};

/// What a step tries to read beside its own file.
const PRIVATE: [&str; 4] = ["database", "token", "secret", "workspace"];

/// Has a step try to read what is private to the host and to another run; gives what of it could be read.
fn readable(flags: &[&str], repository: &Repository) -> Vec<String> {
    let (data, commit) = (Data::new(), repository.commit("hello"));
    let host = data.serve(flags);
    let shop = Shop::new(&data, &host);
    std::fs::create_dir_all(data.join("secrets/default")).unwrap();
    std::fs::write(data.join("secrets/default/key"), "hush").unwrap();
    let wait = "echo private > private; until [ -e go ]; do sleep 0.02; done; cp page out";
    shop.service("other", repository, wait);
    let other = shop.run("other", &commit);
    let source = source_of(&data, &other);
    until("the other run's file", || source.join("private").exists().then_some(()));

    let paths = [
        data.join("cicd.db"),
        data.join("admin-token"),
        data.join("secrets/default/key"),
        source.join("private"),
    ];
    let tries = PRIVATE.iter().zip(&paths).map(|(name, path)| format!("read_ {name} {}; ", path.display()));
    let script = format!(
        "read_() {{ cat \"$2\" > /dev/null 2>&1 && echo \"could read $1\"; }}; read_ page page; {}cp page out",
        tries.collect::<String>()
    );
    shop.service("spy", repository, &script);
    let spy = shop.run("spy", &commit);
    shop.succeeded(&format!("/ci-runs/{spy}"), "/status");
    let log = shop.log(&spy);
    std::fs::write(source.join("go"), "").unwrap();
    shop.succeeded(&format!("/ci-runs/{other}"), "/status");
    let mut read: Vec<_> =
        log.lines().filter_map(|line| line.strip_prefix("could read ")).map(str::to_owned).collect();
    assert_eq!(read.remove(0), "page", "a step reads its own files: {log}");
    read
}

/// Where a run's source lies, once it is there.
fn source_of(data: &Data, run: &str) -> PathBuf {
    until("the run's workspace", || {
        let mut workspaces =
            std::fs::read_dir(data.join("work/workspaces")).unwrap().map(|found| found.unwrap());
        let found = workspaces.find(|found| found.file_name().to_str().unwrap().contains(run))?;
        Some(found.path().join("source"))
    })
}

#[test]
fn a_step_of_a_development_host_reads_everything() {
    assert_eq!(readable(&["--dev"], &Repository::new()), PRIVATE, "so the other tests can fail");
}

#[test]
fn a_step_that_runs_as_another_user_reads_nothing_of_the_host_s() {
    if !geteuid().is_root() {
        println!("left out: only root runs commands as other users");
        return;
    }
    let read = readable(&["--run-as", &run_as(), "--local-repositories"], &Repository::new());
    assert!(read.is_empty(), "{read:?}");
}

#[test]
fn a_step_in_a_sandbox_reads_nothing_of_the_host_s() {
    if !Path::new("/usr/bin/bwrap").exists() {
        println!("left out: bubblewrap is not installed");
        return;
    }
    let repository = Repository::new();
    let wrapper = format!(
        "/usr/bin/bwrap --unshare-all --share-net --die-with-parent --new-session --uid 1000 --gid 1000 \
         --ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
         --proc /proc --dev /dev --tmpfs /tmp --ro-bind {0} {0} --bind {{workspace}} {{workspace}}",
        repository.path().display()
    );
    let read = readable(&["--wrapper", &wrapper, "--local-repositories"], &repository);
    assert!(read.is_empty(), "{read:?}");
}

#[test]
fn commands_take_turns_where_the_host_carries_out_one_at_a_time() {
    let (data, repository) = (Data::new(), Repository::new());
    let host = data.serve(&["--dev", "--concurrency", "1"]);
    let shop = Shop::new(&data, &host);
    let commit = repository.commit("hello");
    shop.service("shop", &repository, "cp page out; sleep 0.2");
    let runs = [(); 3].map(|()| shop.run("shop", &commit));
    let mut ran = runs.map(|run| {
        let run = shop.succeeded(&format!("/ci-runs/{run}"), "/status");
        ["started_at", "finished_at"].map(|at| run[at].as_str().unwrap_or_else(|| panic!("{run}")).to_owned())
    });
    ran.sort();
    assert!(ran.is_sorted_by(|[_, ended], [began, _]| ended <= began), "{ran:?}");
}
