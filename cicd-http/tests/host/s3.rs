//! Hosts that share blobs in S3.

use cicd_tests::postgres::Database;
use cicd_tests::s3;

use crate::support::shop::{Repository, Shop};
use crate::support::{Data, Host};

/// A database and an S3 server of this test's own.
struct Place {
    database: Database,
    storage: s3::Server,
}

impl Place {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let place = Self { database: runtime.block_on(Database::empty()), storage: s3::Server::start() };
        place.storage.bucket("blobs");
        let migrated = Data::new().cicd(&["migrate", "up"], &["--database", &place.database.url()]);
        assert!(migrated.status.success(), "{migrated:?}");
        place
    }

    fn serve(&self, data: &Data, blobs: &str) -> Host {
        data.serve(&[
            "--dev",
            "--database",
            &self.database.url(),
            "--blobs",
            blobs,
            "--s3-endpoint",
            &self.storage.endpoint(),
        ])
    }

    /// What a host says that does not start.
    fn refused(&self, blobs: &str) -> String {
        let endpoint = self.storage.endpoint();
        let flags = ["--database", &self.database.url(), "--blobs", blobs, "--s3-endpoint", &endpoint];
        let ended = Data::new().cicd(&["serve", "--listen", "127.0.0.1:0"], &flags);
        let text =
            String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr);
        assert!(!ended.status.success() && !text.contains(s3::SECRET), "{text}");
        text
    }
}

#[test]
fn what_one_host_built_another_reads() {
    let (place, repository) = (Place::new(), Repository::new());
    let data = [Data::new(), Data::new()];
    let one = place.serve(&data[0], "s3://blobs/cicd");
    let shop = Shop::new(&data[0], &one);
    shop.service("shop", &repository, "cp page out && echo it is built");
    let run = shop.run("shop", &repository.commit("the page that was built"));
    let built = shop.succeeded(&format!("/ci-runs/{run}"), "/status");
    let log = shop.log(&run);
    assert!(log.contains("it is built"), "{log}");
    assert!(one.stop().success());

    let other = place.serve(&data[1], "s3://blobs/cicd");
    assert_eq!(Shop::new(&data[0], &other).log(&run).lines().last(), log.lines().last());
    let digest = built["artifact"]["digest"].as_str().unwrap();
    let artifact = other.text(&format!("/api/v1/blobs/{digest}"), &data[0].admin_token());
    assert!(artifact.contains("the page that was built"), "{artifact}");
    assert!(!data[1].join("blobs").exists(), "nothing lies in the host's own directory");
}

#[test]
fn a_host_with_another_prefix_or_bucket_does_not_start_beside_others() {
    let place = Place::new();
    place.storage.bucket("strangers");
    let _host = place.serve(&Data::new(), "s3://blobs/cicd");
    let directory = Data::new();
    for blobs in ["s3://blobs/other", "s3://strangers/cicd", directory.path().to_str().unwrap()] {
        let text = place.refused(blobs);
        assert!(text.contains("not the blobs of the database's other hosts"), "{text}");
    }
    assert!(place.refused("s3://nowhere/cicd").contains("`s3://nowhere/cicd`: "));
    assert!(place.refused("s3://a b").contains("is no place in S3"));
}
