//! A host that can't end its commands, because it is stopped or dead: its watchdog does.

use nix::sys::signal::Signal;
use nix::unistd::Pid;

use crate::support::shop::{Repository, Shop};
use crate::support::{Data, Host, until};

/// Begins a run whose step lasts longer than any test; gives the run's path and a process that the step begins: the step itself may
/// be told by the kernel that its parent died.
fn long_step(data: &Data, shop: &Shop<'_>) -> (String, Pid) {
    let (repository, note) = (Repository::new(), data.join("pid"));
    shop.service(
        "shop",
        &repository,
        &format!("sleep 1000 & echo $! > {}; wait; cp page out", note.display()),
    );
    let run = shop.run("shop", &repository.commit("hello"));
    let step = until("the step", || std::fs::read_to_string(&note).ok()?.trim().parse().ok());
    (format!("/ci-runs/{run}"), Pid::from_raw(step))
}

fn until_dead(step: Pid) {
    until("the step's end", || {
        let stat = std::fs::read_to_string(format!("/proc/{step}/stat")).unwrap_or_default();
        (stat.is_empty() || stat.contains(") Z ")).then_some(())
    });
}

fn serve(data: &Data) -> Host {
    data.serve(&["--dev", "--lease", "3"])
}

#[test]
fn commands_of_a_paused_host_are_ended_while_it_is_paused() {
    let data = Data::new();
    let host = serve(&data);
    let shop = Shop::new(&data, &host);
    let (run, step) = long_step(&data, &shop);
    host.signal(Signal::SIGSTOP);
    until_dead(step);
    host.signal(Signal::SIGCONT);
    let ended = until("the run's end", || {
        let run = shop.get(&run);
        (run["status"] == "failed" || run["attempt"] == 2).then_some(run)
    });
    let said = "was ended because its host was silent for too long";
    assert!(ended["attempt"] == 2 || ended.to_string().contains(said), "{ended}");
}

#[test]
fn commands_of_a_dead_host_are_ended_without_the_next_one() {
    let data = Data::new();
    let host = serve(&data);
    let (_, step) = long_step(&data, &Shop::new(&data, &host));
    drop(host);
    until_dead(step);
}
