//! Files that a hostile step could leave.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use tempfile::TempDir;

use super::*;

fn source() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir_all(directory.path().join("source/dist/sub")).unwrap();
    fs::write(directory.path().join("outside"), "the host's").unwrap();
    directory
}

fn taking(directory: &TempDir, path: &str) -> Taking {
    Taking {
        source: directory.path().join("source"),
        path: path.parse().unwrap(),
        archive: directory.path().join("archive"),
        owner: Some(rustix::process::getuid().as_raw()),
        most_bytes: 1000,
    }
}

fn take(directory: &TempDir, path: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut file = taking(directory, path).take().map_err(|error| error.to_string())?;
    file.read_to_end(&mut bytes).unwrap();
    Ok(bytes)
}

#[test]
fn a_file_is_taken_also_through_a_link_that_stays_inside() {
    let directory = source();
    let dist = directory.path().join("source/dist");
    fs::write(dist.join("app-1"), "bytes").unwrap();
    symlink("app-1", dist.join("app")).unwrap();
    assert_eq!(take(&directory, "dist/app-1").unwrap(), b"bytes");
    assert_eq!(take(&directory, "dist/app").unwrap(), b"bytes");
}

#[test]
fn a_link_that_leads_out_is_refused() {
    let directory = source();
    let dist = directory.path().join("source/dist");
    symlink("../../outside", dist.join("up")).unwrap();
    symlink(directory.path().join("outside"), dist.join("absolute")).unwrap();
    symlink("../..", dist.join("through")).unwrap();
    symlink("/proc/self/root", dist.join("magic")).unwrap();
    for path in ["dist/up", "dist/absolute", "dist/through/outside", "dist/magic/etc/passwd"] {
        let refused = take(&directory, path).unwrap_err();
        assert!(refused.contains("leads out of the workspace"), "{path}: {refused}");
    }
}

#[test]
fn what_is_no_file_is_refused() {
    let directory = source();
    let pipe = directory.path().join("source/dist/pipe");
    rustix::fs::mknodat(CWD, &pipe, rustix::fs::FileType::Fifo, Mode::RUSR, 0).unwrap();
    assert!(take(&directory, "dist/pipe").unwrap_err().contains("neither a file nor a directory"));
    assert!(take(&directory, "dist").unwrap_err().contains("`pipe` is neither"));
    assert_eq!(take(&directory, "dist/nothing").unwrap_err(), "nothing is there");
    assert_eq!(take(&directory, "dist/pipe/below").unwrap_err(), "nothing is there");
}

#[test]
fn a_file_of_another_user_is_refused() {
    let directory = source();
    fs::write(directory.path().join("source/dist/app"), "bytes").unwrap();
    for path in ["dist/app", "dist"] {
        let owner = taking(&directory, path).owner.map(|owner| owner + 1);
        let refused = Taking { owner, ..taking(&directory, path) }.take().unwrap_err();
        assert!(refused.to_string().contains("is not a file that a step has made"), "{path}: {refused}");
    }
}

#[test]
fn what_is_too_large_is_refused() {
    let directory = source();
    let dist = directory.path().join("source/dist");
    fs::write(dist.join("large"), [0; 1001]).unwrap();
    assert!(take(&directory, "dist/large").unwrap_err().contains("1001 bytes; accepted: at most 1000"));
    fs::write(dist.join("large"), [0; 501]).unwrap();
    fs::write(dist.join("sub/large"), [0; 501]).unwrap();
    assert!(take(&directory, "dist").unwrap_err().contains("at most 1000"));
}

#[test]
fn equal_directories_give_equal_archives() {
    let archives = [["a", "sub/b"], ["sub/b", "a"]].map(|order| {
        let directory = source();
        let dist = directory.path().join("source/dist");
        for name in order {
            fs::write(dist.join(name), name).unwrap();
        }
        fs::set_permissions(dist.join("a"), fs::Permissions::from_mode(0o751)).unwrap();
        symlink("../a", dist.join("sub/link")).unwrap();
        fs::write(dist.join("sub").join("x".repeat(200)), "long").unwrap();
        take(&directory, "dist").unwrap()
    });
    assert_eq!(archives[0], archives[1]);
    let mut archive = tar::Archive::new(archives[0].as_slice());
    let entries = archive.entries().unwrap().map(|entry| {
        let entry = entry.unwrap();
        (entry.path().unwrap().display().to_string(), entry.header().mode().unwrap())
    });
    let long = format!("sub/{}", "x".repeat(200));
    let expected = [("a", 0o755), ("sub", 0o755), ("sub/b", 0o644), ("sub/link", 0o777), (&long, 0o644)];
    assert_eq!(entries.collect::<Vec<_>>(), expected.map(|(name, mode)| (name.to_owned(), mode)));
}

#[test]
fn a_link_in_a_directory_stays_in_it() {
    for (from, target, inside) in [
        ("a", "b", true),
        ("sub/a", "../b", true),
        ("sub/a", "./../sub/b", true),
        ("a", "../b", false),
        ("sub/a", "../../b", false),
        ("a", "/etc/passwd", false),
        ("a", "sub/../../b", false),
    ] {
        assert_eq!(stays_inside(Path::new(from), Path::new(target)), inside, "{from} -> {target}");
    }
    let directory = source();
    symlink("../../outside", directory.path().join("source/dist/link")).unwrap();
    assert!(take(&directory, "dist").unwrap_err().contains("`link` is a link that leads out of it"));
}
