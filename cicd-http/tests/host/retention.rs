//! What the host removes when it is old.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::support::shop::{Repository, Shop};
use crate::support::{Data, until};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Every file below `directory`, by its name.
fn files(directory: &Path) -> Vec<(String, File)> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap());
    let found = entries.flat_map(|entry| {
        if entry.file_type().unwrap().is_dir() {
            return files(&entry.path());
        }
        let name = entry.file_name().into_string().unwrap();
        vec![(name, File::options().write(true).open(entry.path()).unwrap())]
    });
    found.collect()
}

#[test]
fn what_is_old_goes_unless_a_deployment_can_go_back_to_it() {
    let (data, repository) = (Data::new(), Repository::new());
    let host = data.serve(&["--dev"]);
    let shop = Shop::new(&data, &host);
    shop.service("shop", &repository, "cp page out");
    shop.deployment("shop");
    let build = |page: &str| {
        let run = shop.run("shop", &repository.commit(page));
        let built = shop.succeeded(&format!("/ci-runs/{run}"), "/status");
        let digest =
            built["artifact"]["digest"].as_str().unwrap().strip_prefix("sha256:").unwrap().to_owned();
        (run, digest)
    };
    let (released, needed) = build("released");
    let (_, old) = build("never released");
    let (_, young) = build("not yet released");
    let release = shop.release("shop", &released);
    shop.succeeded(&release, "/state/status");
    assert!(host.stop().success());

    for (name, file) in files(&data.join("blobs")) {
        let age = if name == young { DAY } else { 3 * DAY };
        file.set_modified(SystemTime::now() - age).unwrap();
    }
    let _host = data.serve(&["--dev", "--keep-days", "2"]);
    // The first start swept too.
    until("the sweep", || (data.log().matches("removed what was old").count() == 2).then_some(()));
    let left: Vec<_> = files(&data.join("blobs")).into_iter().map(|(name, _)| name).collect();
    assert!(left.contains(&needed) && left.contains(&young) && !left.contains(&old), "{left:?}");
    assert_eq!(left.len(), 2, "the logs are old too: {left:?}");
}
