//! What the providers send is read.

use cicd_core::ci::GitRef;
use cicd_core::source::{EventKind, IgnoreReason, Provider, Reading, SourceEvent, read};
use serde_json::{Value, json};

macro_rules! payload {
    ($name:literal) => {
        include_str!(concat!("payloads/", $name, ".json"))
    };
}

fn one(provider: Provider, event: &str, body: &str) -> Reading {
    let (name, mut readings) = read(provider, Some(event), body.as_bytes());
    assert_eq!((name.as_str(), readings.len()), (event, 1));
    readings.remove(0)
}

fn event(provider: Provider, name: &str, body: &str) -> SourceEvent {
    match one(provider, name, body) {
        Reading::Event(event) => *event,
        Reading::Ignored(reason) => panic!("{provider} {name}: {reason}"),
    }
}

fn ignored(provider: Provider, name: &str, body: &str) -> IgnoreReason {
    match one(provider, name, body) {
        Reading::Ignored(reason) => reason,
        Reading::Event(event) => panic!("{event:?}"),
    }
}

fn branch(name: &str) -> GitRef {
    GitRef::Branch(name.parse().unwrap())
}

fn tag(name: &str) -> GitRef {
    GitRef::Tag(name.parse().unwrap())
}

/// The payload with other values at some places.
fn changed(body: &str, changes: &[(&str, Value)]) -> String {
    let mut value: Value = serde_json::from_str(body).unwrap();
    for (pointer, to) in changes {
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        value.pointer_mut(parent).unwrap()[member] = to.clone();
    }
    value.to_string()
}

#[test]
fn github_tells_pushes_and_tags() {
    let push = event(Provider::Github, "push", payload!("github_push"));
    assert_eq!((push.kind, &push.git_ref), (EventKind::Push, &branch("master")));
    assert_eq!(push.commit.as_str(), "6113728f27ae82c7b1a177c8d03f9e96e0adf246");
    assert_eq!(push.author.as_deref(), Some("Codertocat"));
    let link = "https://github.com/Codertocat/Hello-World/commit/6113728f27ae82c7b1a177c8d03f9e96e0adf246";
    assert_eq!(push.link.as_deref(), Some(link));
    assert!(push.repositories.contains(&"https://github.com/Codertocat/Hello-World.git".to_owned()));
    assert_eq!(push.changed_paths, None, "a branch that is new has no commits before it to compare with");
    let tagged = event(Provider::Github, "push", payload!("github_tag"));
    assert_eq!(
        (tagged.kind, tagged.git_ref, tagged.changed_paths),
        (EventKind::Tag, tag("simple-tag"), None)
    );
    // An annotated tag: `after` is the tag, `head_commit` is what it names.
    let annotated = changed(payload!("github_tag"), &[("/after", json!("b".repeat(40)))]);
    assert_eq!(event(Provider::Github, "push", &annotated).commit, tagged.commit);
}

#[test]
fn changed_paths_are_told_only_when_they_are_all_there() {
    let known = [("/created", json!(false)), ("/before", json!("a".repeat(40)))];
    let push = |more: &[(&str, Value)]| {
        let body = changed(payload!("github_push"), &[&known[..], more].concat());
        event(Provider::Github, "push", &body).changed_paths
    };
    assert_eq!(push(&[]), Some(vec!["README.md".to_owned()]));
    assert_eq!(push(&[("/forced", json!(true))]), None);
    assert_eq!(push(&[("/commits", json!([]))]), None);
    assert_eq!(push(&[("/commits/0/added", Value::Null)]), None);
    assert_eq!(push(&[("/total_commits", json!(2))]), None, "gitea leaves commits out");
    assert_eq!(
        push(&[(
            "/commits/0/added",
            json!((0..301).collect::<Vec<_>>().iter().map(ToString::to_string).collect::<Vec<_>>())
        )]),
        None
    );
    let gitlab = event(Provider::Gitlab, "Push Hook", payload!("gitlab_push"));
    assert_eq!(gitlab.changed_paths, None, "the example says four commits and lists two");
    let whole = changed(payload!("gitlab_push"), &[("/total_commits_count", json!(2))]);
    let paths = event(Provider::Gitlab, "Push Hook", &whole).changed_paths.unwrap();
    assert!(paths.contains(&"CHANGELOG".to_owned()), "{paths:?}");
}

#[test]
fn github_tells_a_merge_and_ignores_the_rest() {
    let closed = payload!("github_closed");
    assert_eq!(ignored(Provider::Github, "pull_request", closed), IgnoreReason::NotMerged);
    let merged = changed(
        closed,
        &[("/pull_request/merged", json!(true)), ("/pull_request/merge_commit_sha", json!("c".repeat(40)))],
    );
    let merge = event(Provider::Github, "pull_request", &merged);
    assert_eq!(
        (merge.kind, merge.git_ref, merge.commit.as_str()),
        (EventKind::Merge, branch("master"), "c".repeat(40).as_str())
    );
    let reopened = changed(&merged, &[("/action", json!("reopened"))]);
    assert_eq!(ignored(Provider::Github, "pull_request", &reopened), IgnoreReason::NotMerged);
    assert_eq!(ignored(Provider::Github, "ping", payload!("github_ping")), IgnoreReason::Ping);
    assert_eq!(ignored(Provider::Github, "push", payload!("github_tag_deleted")), IgnoreReason::Deleted);
    let other = IgnoreReason::OtherEvent { event: "create".to_owned() };
    assert_eq!(ignored(Provider::Github, "create", payload!("github_create")), other);
}

#[test]
fn gitlab_tells_the_same() {
    let push = event(Provider::Gitlab, "Push Hook", payload!("gitlab_push"));
    assert_eq!((push.kind, &push.git_ref), (EventKind::Push, &branch("master")));
    assert_eq!(push.commit.as_str(), "da1560886d4f094c3e6c9ef40349f7d38b5d27d7");
    assert!(push.repositories.iter().any(|url| url.starts_with("git@example.com:mike/diaspora")), "{push:?}");
    let tagged = event(Provider::Gitlab, "Tag Push Hook", payload!("gitlab_tag"));
    assert_eq!((tagged.kind, tagged.git_ref), (EventKind::Tag, tag("v1.0.0")));
    assert_eq!(tagged.commit.as_str(), "82b3d5ae55f7080f1e6022629cdb57bfae7cccc7");
    let deleted =
        changed(payload!("gitlab_tag"), &[("/after", json!("0".repeat(40))), ("/checkout_sha", Value::Null)]);
    assert_eq!(ignored(Provider::Gitlab, "Tag Push Hook", &deleted), IgnoreReason::Deleted);
    let request = changed(payload!("gitlab_merge"), &[("/object_attributes/action", json!("open"))]);
    assert_eq!(ignored(Provider::Gitlab, "Merge Request Hook", &request), IgnoreReason::NotMerged);
    let merged = changed(
        payload!("gitlab_merge"),
        &[
            ("/object_attributes/action", json!("merge")),
            ("/object_attributes/merge_commit_sha", json!("d".repeat(40))),
        ],
    );
    let merge = event(Provider::Gitlab, "Merge Request Hook", &merged);
    assert_eq!(
        (merge.kind, merge.git_ref, merge.commit.as_str()),
        (EventKind::Merge, branch("master"), "d".repeat(40).as_str())
    );
}

#[test]
fn gitea_and_forgejo_tell_the_same() {
    for provider in [Provider::Gitea, Provider::Forgejo] {
        let push = event(provider, "push", payload!("gitea_push"));
        assert_eq!((push.kind, &push.git_ref), (EventKind::Push, &branch("master")));
        assert_eq!(push.commit.as_str(), "67b56589a45103f891bdee7c0546e5d40bc02001");
        assert_eq!(push.author.as_deref(), Some("example"));
        assert_eq!(ignored(provider, "pull_request", payload!("gitea_pull")), IgnoreReason::NotMerged);
    }
}

#[test]
fn bitbucket_tells_the_same_in_its_two_forms() {
    let push = event(Provider::Bitbucket, "repo:push", payload!("bitbucket_push"));
    assert_eq!((push.kind, &push.git_ref), (EventKind::Push, &branch("name-of-branch")));
    assert_eq!(push.commit.as_str(), "709d658dc5b6d6afcd46049c2f332ee3f515a67d");
    assert_eq!(push.author.as_deref(), Some("Emma"));
    assert!(push.repositories.contains(&"team_name/repo_name".to_owned()));
    let gone = changed(payload!("bitbucket_push"), &[("/push/changes/0/new", Value::Null)]);
    assert_eq!(ignored(Provider::Bitbucket, "repo:push", &gone), IgnoreReason::Deleted);
    let short = ignored(Provider::Bitbucket, "pullrequest:fulfilled", payload!("bitbucket_merge"));
    assert!(matches!(short, IgnoreReason::Malformed { .. }), "the commit of a merge comes short: {short}");
    let deleted = payload!("bitbucket_server_push");
    assert_eq!(ignored(Provider::Bitbucket, "repo:refs_changed", deleted), IgnoreReason::Deleted);
    let updated = changed(
        deleted,
        &[("/changes/0/type", json!("UPDATE")), ("/changes/0/toHash", json!("e".repeat(40)))],
    );
    assert_eq!(event(Provider::Bitbucket, "repo:refs_changed", &updated).git_ref, branch("feature/wip"));
    let merge = event(Provider::Bitbucket, "pr:merged", payload!("bitbucket_server_merge"));
    assert_eq!((merge.kind, &merge.git_ref), (EventKind::Merge, &branch("master")));
    assert_eq!(merge.commit.as_str(), "cbf26be7bfc8394906abbd571498fb8d28888b58");
    assert!(
        merge
            .repositories
            .contains(&"https://server.bitbucket.local/scm/~gopher/webhook-test.git".to_owned())
    );
}

#[test]
fn bitbucket_tells_several_changes_at_once() {
    let mut value: Value = serde_json::from_str(payload!("bitbucket_push")).unwrap();
    let change = value["push"]["changes"][0].clone();
    let readings =
        |value: &Value| read(Provider::Bitbucket, Some("repo:push"), value.to_string().as_bytes()).1;
    value["push"]["changes"] = json!([change.clone(), {"new": null}, change.clone()]);
    let kinds: Vec<_> = readings(&value).iter().map(|reading| matches!(reading, Reading::Event(_))).collect();
    assert_eq!(kinds, [true, false, true]);
    value["push"]["changes"] = json!(vec![change; 21]);
    assert!(matches!(readings(&value)[..], [Reading::Ignored(IgnoreReason::Malformed { .. })]));
}

#[test]
fn any_sender_may_send_our_own_payload() {
    let commit = "f".repeat(40);
    let body = json!({"type": "push", "data": {"ref": "refs/heads/main", "commit": commit, "author": "ann",
        "link": "https://git.example.com/c/1", "changed_paths": ["src/lib.rs"],
        "repository": "https://git.example.com/shop.git"}});
    let push = event_of(&body);
    assert_eq!(
        (push.kind, push.git_ref, push.commit.as_str()),
        (EventKind::Push, branch("main"), commit.as_str())
    );
    assert_eq!(push.changed_paths, Some(vec!["src/lib.rs".to_owned()]));
    let merge = json!({"type": "merge", "data": {"ref": "refs/heads/main", "commit": commit}});
    assert_eq!(event_of(&merge).kind, EventKind::Merge);
    let tagged = json!({"type": "tag", "data": {"ref": "refs/tags/v1", "commit": commit}});
    assert_eq!(event_of(&tagged).git_ref, tag("v1"));
}

fn event_of(body: &Value) -> SourceEvent {
    match read(Provider::StandardWebhooks, None, body.to_string().as_bytes()).1.remove(0) {
        Reading::Event(event) => *event,
        Reading::Ignored(reason) => panic!("{reason}"),
    }
}

#[test]
fn what_a_page_shows_runs_nothing() {
    for link in ["javascript:alert(1)", "data:text/html,x", "https://h/a b", "HTTPS://h", "//h/x"] {
        let body =
            changed(payload!("github_push"), &[("/head_commit/url", json!(link)), ("/compare", json!(link))]);
        assert_eq!(event(Provider::Github, "push", &body).link, None, "{link}");
    }
    let body = changed(
        payload!("github_push"),
        &[("/head_commit/author/name", json!(format!("a\u{0}\u{1b}b{}", "c".repeat(300))))],
    );
    let author = event(Provider::Github, "push", &body).author.unwrap();
    assert!(author.chars().count() == 200 && !author.contains(char::is_control), "{author:?}");
}

#[test]
fn what_is_no_payload_is_malformed_for_everyone() {
    let refs =
        ["HEAD", "refs/heads/", "refs/heads/--upload-pack=x", "refs/heads/a b", "refs/pull/1/head", ""];
    for (provider, name) in
        [(Provider::Github, "push"), (Provider::Gitlab, "Push Hook"), (Provider::Forgejo, "push")]
    {
        let payload =
            if provider == Provider::Gitlab { payload!("gitlab_push") } else { payload!("github_push") };
        for git_ref in refs {
            let reason = ignored(provider, name, &changed(payload, &[("/ref", json!(git_ref))]));
            assert!(matches!(reason, IgnoreReason::Malformed { .. }), "{provider} {git_ref}: {reason}");
        }
    }
    for provider in Provider::ALL {
        for body in ["", "{", "null", "[]", "\"push\"", "{\"type\": \"push\"}", "7"] {
            for name in ["push", "Push Hook", "repo:push", "repo:refs_changed", "pull_request", "pr:merged"] {
                let (_, readings) = read(*provider, Some(name), body.as_bytes());
                assert!(matches!(readings[..], [Reading::Ignored(_)]), "{provider} {name} {body}");
            }
        }
    }
}
