//! Drafts: what is read, and every mistake with its place.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::ci::samples;

/// The draft with `value` at `pointer`, whose parent exists.
fn with(pointer: &str, value: Value) -> Value {
    let mut draft = samples::draft();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match draft.pointer_mut(parent).unwrap() {
        Value::Object(members) => {
            members.insert(name.into(), value);
        }
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        other => panic!("{other} has no members"),
    }
    draft
}

fn found(draft: &Value) -> Vec<(String, String)> {
    let violations = CiSpec::parse(draft).expect_err("a violation");
    violations.into_iter().map(|violation| (violation.path, violation.code.into_owned())).collect()
}

fn texts(count: usize) -> Value {
    vec!["a"; count].into()
}

#[test]
fn the_wire_form_is_the_form_of_a_draft() {
    let spec = samples::spec();
    assert_eq!(serde_json::to_value(&spec).unwrap(), samples::draft());
    assert_eq!(serde_json::from_value::<CiSpec>(samples::draft()).unwrap(), spec);
}

#[test]
fn a_short_draft_gets_the_defaults() {
    let spec = CiSpec::parse(&json!({
        "repository": "git@git.example.com:team/shop.git",
        "steps": [{"name": "build", "argv": ["make"]}],
        "artifact": {"path": "dist", "name": "shop"},
        "trigger_mode": "manual",
        "executor": "command",
    }))
    .unwrap();
    assert!(spec.branches.is_empty() && spec.tags.is_empty() && spec.paths.is_empty());
    assert_eq!((spec.max_attempts, spec.steps[0].timeout_seconds), (1, 3_600));
    assert_eq!((spec.steps[0].working_directory.as_ref(), spec.steps[0].environment.len()), (None, 0));
}

#[test]
fn each_mistake_has_a_place_and_a_code() {
    let step = |name: &str| json!({"name": name, "argv": ["make"]});
    let steps: Vec<_> = (0..51).map(|index| step(&format!("s{index}"))).collect();
    let variables = |count: usize| -> Value {
        (0..count).map(|index| (format!("V{index}"), json!(""))).collect::<serde_json::Map<_, _>>().into()
    };
    for (pointer, value, at, code) in [
        ("/repository", json!("http://h/p"), "/repository", "repository"),
        ("/repository", json!("/srv/shop.git"), "/repository", "repository"),
        ("/repository", json!(null), "/repository", "required"),
        ("/branches", json!("main"), "/branches", "wrong_type"),
        ("/branches/1", json!("release/"), "/branches/1", "glob"),
        ("/tags", texts(101), "/tags", "too_many"),
        ("/paths/0", json!(1), "/paths/0", "wrong_type"),
        ("/steps", json!([]), "/steps", "too_few"),
        ("/steps", json!({}), "/steps", "wrong_type"),
        ("/steps", json!(steps), "/steps", "too_many"),
        ("/steps/1", json!("make"), "/steps/1", "wrong_type"),
        ("/steps/1/name", json!("Build"), "/steps/1/name", "name"),
        ("/steps/1/name", json!("test"), "/steps/1/name", "duplicate"),
        ("/steps/1/argv", json!(["make"]), "/steps/1", "exactly_one"),
        ("/steps/1/shell", json!(null), "/steps/1", "exactly_one"),
        ("/steps/1/shell", json!(""), "/steps/1/shell", "length"),
        ("/steps/1/shell", json!("a\u{0}b"), "/steps/1/shell", "control_character"),
        ("/steps/1/shell", json!("x".repeat(16_385)), "/steps/1/shell", "length"),
        ("/steps/0/argv", json!([]), "/steps/0/argv", "too_few"),
        ("/steps/0/argv", json!("make"), "/steps/0/argv", "wrong_type"),
        ("/steps/0/argv", texts(101), "/steps/0/argv", "too_many"),
        ("/steps/0/argv/0", json!(""), "/steps/0/argv/0", "length"),
        ("/steps/0/argv/1", json!("x".repeat(4_097)), "/steps/0/argv/1", "length"),
        ("/steps/0/argv/1", json!(7), "/steps/0/argv/1", "wrong_type"),
        ("/steps/0/timeout_seconds", json!(0), "/steps/0/timeout_seconds", "out_of_range"),
        ("/steps/0/timeout_seconds", json!(86_401), "/steps/0/timeout_seconds", "out_of_range"),
        ("/steps/0/timeout_seconds", json!(1.5), "/steps/0/timeout_seconds", "out_of_range"),
        ("/steps/0/working_directory", json!("../x"), "/steps/0/working_directory", "path"),
        ("/steps/0/colour", json!("red"), "/steps/0/colour", "unknown_field"),
        ("/steps/0/environment", json!([]), "/steps/0/environment", "wrong_type"),
        ("/steps/0/environment", variables(101), "/steps/0/environment", "too_many"),
        ("/steps/0/environment/path", json!(""), "/steps/0/environment/path", "environment_name"),
        ("/steps/0/environment/1A", json!(""), "/steps/0/environment/1A", "environment_name"),
        ("/steps/0/environment/A=B", json!(""), "/steps/0/environment/A=B", "environment_name"),
        ("/steps/0/environment/CICD_X", json!(""), "/steps/0/environment/CICD_X", "reserved"),
        ("/steps/0/environment/A", json!(1), "/steps/0/environment/A", "wrong_type"),
        ("/steps/0/environment/A", json!({}), "/steps/0/environment/A/secret", "required"),
        ("/steps/0/environment/A", json!({"secret": "a/b"}), "/steps/0/environment/A/secret", "name"),
        (
            "/steps/0/environment/A",
            json!({"secret": "a", "b": 1}),
            "/steps/0/environment/A/b",
            "unknown_field",
        ),
        ("/steps/0/environment/A", json!("x".repeat(8_193)), "/steps/0/environment/A", "length"),
        ("/artifact", json!("dist"), "/artifact", "wrong_type"),
        ("/artifact/path", json!("/dist"), "/artifact/path", "path"),
        ("/artifact/name", json!("a b"), "/artifact/name", "name"),
        ("/artifact/size", json!(1), "/artifact/size", "unknown_field"),
        ("/trigger_mode", json!("never"), "/trigger_mode", "choice"),
        ("/executor", json!("Command"), "/executor", "name"),
        ("/max_attempts", json!(0), "/max_attempts", "out_of_range"),
        ("/max_attempts", json!(11), "/max_attempts", "out_of_range"),
        ("/colour", json!("red"), "/colour", "unknown_field"),
    ] {
        let draft = with(pointer, value);
        assert_eq!(found(&draft), [(at.to_owned(), code.to_owned())], "{pointer}");
    }
}

#[test]
fn all_mistakes_come_at_once() {
    let draft = json!({
        "repository": 1,
        "branches": ["/a", "ok", "b/"],
        "steps": [{"name": "A", "argv": ["", 2], "environment": {"x": 1}}, {"shell": "make"}],
        "artifact": {"path": ".."},
        "trigger_mode": "x",
        "executor": "",
        "max_attempts": 99,
        "colour": "red",
    });
    let paths: Vec<_> = found(&draft).into_iter().map(|(path, _)| path).collect();
    assert_eq!(
        paths,
        [
            "/repository",
            "/branches/0",
            "/branches/2",
            "/steps/0/name",
            "/steps/0/argv/0",
            "/steps/0/argv/1",
            "/steps/0/environment/x",
            "/steps/0/environment/x",
            "/steps/1/name",
            "/artifact/path",
            "/artifact/name",
            "/trigger_mode",
            "/executor",
            "/max_attempts",
            "/colour",
        ]
    );
    assert_eq!(found(&json!([])), [(String::new(), "wrong_type".to_owned())]);
}

#[test]
fn a_local_repository_needs_a_host_that_allows_it() {
    let draft = with("/repository", json!("/srv/shop.git"));
    let rules = CiRules { allow_local_repositories: true };
    assert!(CiSpec::parse_with(&draft, rules).unwrap().repository.is_local());
    assert!(CiSpec::parse_with(&samples::draft(), rules).is_ok());
    assert!(CiSpec::parse_with(&with("/repository", json!("a b")), rules).is_err());
}

fn any_environment() -> impl Strategy<Value = BTreeMap<String, EnvValue>> {
    let value = prop_oneof![
        "[ -~äß\\n\\t]{0,20}".prop_map(EnvValue::Text),
        "[a-z]{1,8}".prop_map(|name| EnvValue::Secret { secret: name.parse().unwrap() }),
    ];
    prop::collection::btree_map("[A-BD-Z_][A-Z0-9_]{0,8}", value, 0..4)
}

fn any_step(name: String) -> impl Strategy<Value = BuildStep> {
    let run = prop_oneof![
        ("[ -~]{1,12}", prop::collection::vec("[ -~ü\\n]{0,12}", 0..4))
            .prop_map(|(program, rest)| Run::Argv([vec![program], rest].concat())),
        "[ -~\\n]{1,40}".prop_map(Run::Shell),
    ];
    let directory = prop::option::of("[a-z._]{0,3}[a-z](/[a-z ]{1,4}){0,2}");
    (run, 1..=86_400_u32, directory, any_environment()).prop_map(
        move |(run, timeout_seconds, directory, environment)| {
            let working_directory = directory.map(|path| path.parse().unwrap());
            BuildStep { name: name.parse().unwrap(), run, timeout_seconds, working_directory, environment }
        },
    )
}

fn any_spec() -> impl Strategy<Value = CiSpec> {
    let globs = || {
        prop::collection::vec(
            "[a-z*?]{1}[a-z?]{0,4}(/[a-z*]){0,2}(/\\*\\*)?".prop_map(|g| g.parse().unwrap()),
            0..4,
        )
    };
    let steps = (1..=MAX_STEPS.min(6))
        .prop_flat_map(|count| (0..count).map(|index| any_step(format!("step-{index}"))).collect::<Vec<_>>());
    let repository = prop_oneof![
        "https://[a-z]{1,8}(:[1-9][0-9]{0,3})?(/[a-z]{1,8}){1,3}",
        "ssh://([a-z]{1,5}@)?[a-z]{1,8}/~?[a-z]{1,8}",
        "[a-z]{1,5}@[a-z]{1,8}:/?[a-z]{1,8}",
        "(file://)?(/[a-z]{1,8}){1,3}",
    ];
    let mode = prop::sample::select(crate::ci::TriggerMode::ALL);
    (repository, globs(), globs(), globs(), steps, mode, 1..=MAX_ATTEMPTS).prop_map(
        |(repository, branches, tags, paths, steps, trigger_mode, max_attempts)| CiSpec {
            repository: Repository::parse_local(&repository).unwrap(),
            branches,
            tags,
            paths,
            steps,
            trigger_mode,
            max_attempts,
            ..samples::spec()
        },
    )
}

/// Values that often have the right names and seldom the right types.
fn any_value() -> impl Strategy<Value = Value> {
    const NAMES: [&str; 20] = [
        "repository",
        "branches",
        "tags",
        "paths",
        "steps",
        "artifact",
        "trigger_mode",
        "executor",
        "max_attempts",
        "name",
        "argv",
        "shell",
        "timeout_seconds",
        "working_directory",
        "environment",
        "path",
        "secret",
        "A",
        "CICD_A",
        "~/",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec!["both", "build", "https://h/p", "dist", "main"]).prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 10, |inner| {
        let name =
            prop_oneof![8 => prop::sample::select(&NAMES[..]).prop_map(String::from), 1 => "\\PC{0,4}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..10)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(spec in any_spec()) {
        let written = serde_json::to_value(&spec).unwrap();
        let rules = CiRules { allow_local_repositories: true };
        prop_assert_eq!(CiSpec::parse_with(&written, rules), Ok(spec.clone()));
        prop_assert_eq!(serde_json::from_value::<CiSpec>(written).unwrap(), spec);
    }

    #[test]
    fn any_json_is_read_or_told_what_is_wrong(value in any_value(), pointer in prop::sample::select(vec![
        "", "/steps", "/steps/0", "/steps/0/argv", "/steps/0/environment", "/artifact", "/branches",
    ])) {
        let mut draft = samples::draft();
        *draft.pointer_mut(pointer).unwrap() = value;
        match CiSpec::parse(&draft) {
            Ok(spec) => prop_assert_eq!(CiSpec::parse(&serde_json::to_value(&spec).unwrap()), Ok(spec)),
            Err(violations) => {
                prop_assert!(!violations.is_empty());
                for violation in &violations {
                    let absent = matches!(&*violation.code, "required");
                    prop_assert!(absent || draft.pointer(&violation.path).is_some(), "{}", violation.path);
                }
            }
        }
    }
}
