//! Rules that the document keeps.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::contract::wrong;

/// Every operation with `METHOD path`.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().iter();
            methods.map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
        })
        .collect()
}

/// Every reference in `value`.
pub(super) fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                found.insert(reference.clone());
            }
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(entries) => entries.iter().for_each(|entry| references(entry, found)),
        _ => {}
    }
}

#[test]
fn every_operation_has_a_name_a_summary_and_a_chapter() {
    let document = cicd_http::openapi();
    let mut ids = BTreeSet::new();
    for (name, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id.to_owned()), "`{id}` is there twice");
        assert!(
            id.starts_with(|c: char| c.is_ascii_lowercase()) && id.chars().all(|c| c.is_ascii_alphanumeric()),
            "{id}"
        );
        let summary = operation["summary"].as_str().unwrap();
        assert!((5..=100).contains(&summary.len()) && !summary.ends_with('.'), "{name}: {summary}");
        let tag = &operation["tags"][0];
        assert!(document["tags"].as_array().unwrap().contains(&json!({ "name": tag })), "{name}: {tag}");
        assert!(operation["security"].is_array(), "{name}");
    }
}

#[test]
fn every_operation_tells_what_may_go_wrong() {
    let document = cicd_http::openapi();
    for (name, operation) in operations(&document) {
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with(['2', '3'])), "{name}");
        for status in ["400", "414", "431", "500", "503"] {
            assert!(responses.contains_key(status), "{name} lacks {status}");
        }
        for (status, response) in responses.iter().filter(|(status, _)| status.starts_with(['4', '5'])) {
            let reference = response["$ref"].as_str().unwrap();
            let content = document.pointer(&reference[1..]).unwrap()["content"].as_object().unwrap();
            assert_eq!(content.keys().collect::<Vec<_>>(), ["application/problem+json"], "{name} {status}");
        }
        let secured = !operation["security"].as_array().unwrap().is_empty();
        assert_eq!(responses.contains_key("401"), secured, "{name}");
        let has_body = operation["requestBody"].is_object();
        assert_eq!(responses.contains_key("422"), has_body, "{name}");
        assert_eq!(
            responses.contains_key("404"),
            name.contains('{') || responses.contains_key("404"),
            "{name}"
        );
        for status in ["412", "428"] {
            let conditional = name.starts_with("PUT") || name.starts_with("DELETE");
            assert_eq!(responses.contains_key(status), conditional, "{name} {status}");
        }
    }
}

#[test]
fn every_parameter_is_described() {
    let document = cicd_http::openapi();
    for (name, operation) in operations(&document) {
        let mut in_path = BTreeSet::new();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let text = parameter["name"].as_str().unwrap();
            assert!(parameter["schema"].is_object(), "{name}: `{text}` has no schema");
            assert!(
                parameter["description"].as_str().is_some_and(|about| about.ends_with('.')),
                "{name}: `{text}`"
            );
            if parameter["in"] == "path" {
                in_path.insert(format!("{{{text}}}"));
                let wrong = wrong(&format!("{name} {text}"), &parameter["schema"], &parameter["example"]);
                assert_eq!(wrong, None, "{name}: the example of `{text}`");
            }
        }
        let named: BTreeSet<_> =
            name.split('/').filter(|part| part.starts_with('{')).map(str::to_owned).collect();
        assert_eq!(in_path, named, "{name}");
    }
}

#[test]
fn every_draft_has_an_example_that_fits() {
    let document = cicd_http::openapi();
    for (name, operation) in operations(&document) {
        let body = &operation["requestBody"];
        let takes = name.starts_with("PUT") || name.starts_with("POST");
        assert_eq!(body.is_object(), takes, "{name}");
        if takes {
            let content = &body["content"]["application/json"];
            assert!(content["example"].is_object(), "{name} has no example");
            assert_eq!(
                wrong(&format!("{name} example"), &content["schema"], &content["example"]),
                None,
                "{name}"
            );
        }
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_component_is_used() {
    let document = cicd_http::openapi();
    let mut used = BTreeSet::new();
    references(&document, &mut used);
    for reference in &used {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "`{reference}` leads nowhere");
    }
    for part in ["schemas", "headers", "responses"] {
        for name in document["components"][part].as_object().unwrap().keys() {
            assert!(used.contains(&format!("#/components/{part}/{name}")), "`{name}` is not used");
        }
    }
}

/// Where anything may stand: what an executor takes as its target, what an audit event records, what a sender delivers.
const ANYTHING: [&str; 3] = ["target", "data", "POST /api/v1/hooks/{source}"];

#[test]
fn no_schema_leaves_its_shape_open() {
    let document = cicd_http::openapi();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        check_shape(name, schema);
    }
}

fn check_shape(place: &str, schema: &Value) {
    let last = place.rsplit('.').next().unwrap();
    let known = ["type", "$ref", "oneOf", "anyOf", "allOf", "const", "enum"];
    let says = |name: &str| schema.get(name).is_some();
    let is_open = !known.iter().any(|name| says(name))
        || (schema["type"] == "object"
            && schema.get("properties").is_none()
            && schema.get("additionalProperties").is_none());
    assert!(!is_open || ANYTHING.contains(&last), "{place} may be anything: {schema}");
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        check_shape(&format!("{place}.{name}"), property);
    }
    for name in ["items", "additionalProperties"] {
        if let Some(part) = schema.get(name).filter(|part| part.is_object()) {
            check_shape(place, part);
        }
    }
    for name in ["oneOf", "anyOf", "allOf"] {
        schema[name].as_array().into_iter().flatten().for_each(|part| check_shape(place, part));
    }
}
