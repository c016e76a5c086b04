//! The rooms of `cicd-core`: each knows only the rooms below it, so that a reader can stop where they are.

use std::path::Path;

use crate::source;

/// From the lowest room to the highest. A room may use those before it and itself.
const ORDER: &[&str] = &[
    "choice",
    "digest",
    "id",
    "json",
    "time",
    "trace",
    "error",
    "violation",
    "page",
    "service",
    "ci",
    "source",
    "cd",
    "approval",
    "gate",
    "release",
    "token",
    "authz",
    "audit",
    "timeline",
    "outbox",
    "port",
    "trail",
    "migration",
    "engine",
    "openapi",
    "memory",
    "testing",
];

#[test]
fn lower_rooms_know_nothing_of_higher_ones() {
    let mut broken = Vec::new();
    for (path, text) in source::files(&source::root().join("cicd-core/src")) {
        let Some(room) = room_of(&path) else { continue };
        let own =
            rank(&room).unwrap_or_else(|| panic!("room `{room}` has no place in the order of this test"));
        for (number, line) in source::shipped(&text).enumerate() {
            for used in rooms_in(source::code(line)) {
                if rank(&used).is_some_and(|rank| rank > own) {
                    broken.push(format!("{}:{}: `{room}` uses `{used}`", path.display(), number + 1));
                }
            }
        }
    }
    assert!(broken.is_empty(), "a room may use only those before it in {ORDER:?}: {broken:#?}");
}

#[test]
fn only_one_file_knows_tokio() {
    let files = source::files(&source::root().join("cicd-core/src"));
    let knowing: Vec<_> = files
        .iter()
        .filter(|(path, _)| room_of(path).is_none_or(|room| room != "testing"))
        .filter(|(_, text)| source::shipped(text).any(|line| source::code(line).contains("tokio::")))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(
        knowing.len() <= 1,
        "one file gives the engine its tokio, the others stay free of it: {knowing:?}"
    );
}

#[test]
fn rooms_are_found_in_every_form_of_use() {
    assert_eq!(rooms_in("use crate::time::Timestamp;"), ["time"]);
    assert_eq!(
        rooms_in("use crate::{id::TenantId, engine, port::{Store, Cache}};"),
        ["id", "engine", "port"]
    );
    assert_eq!(rooms_in("fn x(a: crate::cd::CdSpec, b: &crate::ci::CiSpec)"), ["cd", "ci"]);
    assert!(rooms_in("use super::Timestamp;").is_empty());
}

fn rank(room: &str) -> Option<usize> {
    ORDER.iter().position(|name| *name == room)
}

/// The room that a file below `src` belongs to; `lib.rs` is the hall and belongs to none.
fn room_of(path: &Path) -> Option<String> {
    let first = path.components().next()?.as_os_str().to_str()?;
    let room = first.strip_suffix(".rs").unwrap_or(first);
    (room != "lib").then(|| room.to_owned())
}

/// The rooms that a line of code names by `crate::`.
fn rooms_in(line: &str) -> Vec<String> {
    line.split("crate::")
        .skip(1)
        .flat_map(|rest| match rest.strip_prefix('{') {
            Some(group) => members(group),
            None => vec![identifier(rest)],
        })
        .collect()
}

/// The first words of the members of a `{…}` group.
fn members(group: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let mut members = vec![String::new()];
    for character in group.chars() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => members.push(String::new()),
            _ => members.last_mut().expect("never empty").push(character),
        }
    }
    members.iter().map(|member| identifier(member.trim())).filter(|name| !name.is_empty()).collect()
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect()
}
