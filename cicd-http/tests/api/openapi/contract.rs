//! Holds what is sent and answered against the document. Every request of this suite goes through here.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex};

use axum::http::{HeaderMap, StatusCode};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

static DOCUMENT: LazyLock<Value> = LazyLock::new(cicd_http::openapi);
/// Schemas as the document has them, but so that what it does not mention is refused.
static SCHEMAS: LazyLock<Value> = LazyLock::new(|| {
    let mut schemas = DOCUMENT["components"]["schemas"].clone();
    schemas.as_object_mut().unwrap().values_mut().for_each(close_parts);
    schemas
});
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// What was answered, and to what.
#[derive(Debug)]
pub(crate) struct Exchange<'a> {
    pub(crate) method: &'a str,
    /// The path below the router's root, without a query.
    pub(crate) path: &'a str,
    pub(crate) sent: &'a [u8],
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

impl Exchange<'_> {
    /// Fails where the document describes the operation, and another answer or draft.
    pub(crate) fn check(&self) {
        let Some((pattern, operation)) = operation(self.method, self.path) else { return };
        let name = format!("{} {pattern}", self.method);
        let status = self.status.as_u16().to_string();
        let described = resolved(&operation["responses"][&status]);
        assert!(described.is_object(), "{name} does not describe {status}: {}", self.text());
        self.check_headers(&name, described);
        self.check_body(&format!("{name} {status}"), described);
        if self.status.is_success() {
            self.check_sent(&name, &operation["requestBody"]);
        }
    }

    fn check_headers(&self, name: &str, described: &Value) {
        for header in described["headers"].as_object().unwrap().keys() {
            let component = &DOCUMENT["components"]["headers"][header];
            assert!(component.is_object(), "{name}: no component for `{header}`");
            let Some(value) = self.headers.get(header) else {
                assert_ne!(component["required"], true, "{name} answers {} without {header}", self.status);
                continue;
            };
            let text = value.to_str().unwrap();
            let value = text.parse::<u64>().map_or_else(|_| json!(text), |number| json!(number));
            let (schema, key) = (component["schema"].clone(), format!("header {header}"));
            assert!(validator(&key, &schema).is_valid(&value), "{name}: `{header}: {text}`");
        }
        for header in
            ["etag", "location", "x-consistency", "idempotency-replayed", "x-next-offset", "retry-after"]
        {
            let known = described["headers"].as_object().unwrap();
            let is_known = known.keys().any(|name| name.eq_ignore_ascii_case(header));
            assert!(is_known || !self.headers.contains_key(header), "{name} does not describe `{header}`");
        }
    }

    fn check_body(&self, name: &str, described: &Value) {
        let media = self.headers.get("content-type").map(|media| media.to_str().unwrap());
        let Some(content) = described["content"].as_object() else {
            assert!(self.body.is_empty() && media.is_none(), "{name} describes no body: {}", self.text());
            return;
        };
        let media = media.unwrap_or_else(|| panic!("{name} has no media type"));
        let schema =
            &content.get(media).unwrap_or_else(|| panic!("{name} does not describe `{media}`"))["schema"];
        if !media.ends_with("json") {
            return;
        }
        let mut schema = schema.clone();
        close(&mut schema);
        let body: Value = serde_json::from_slice(self.body).unwrap();
        if let Some(wrong) = wrong(name, &schema, &body) {
            panic!("{name} is not what is described: {wrong}\n{body:#}");
        }
    }

    /// A draft that was taken is one that the document allows.
    fn check_sent(&self, name: &str, described: &Value) {
        let schema = &described["content"]["application/json"]["schema"];
        if self.sent.is_empty() || !schema.is_object() {
            return;
        }
        let sent: Value = serde_json::from_slice(self.sent).unwrap();
        if let Some(wrong) = wrong(&format!("{name} body"), schema, &sent) {
            panic!("{name} took what is not described: {wrong}\n{sent:#}");
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(self.body).into_owned()
    }
}

/// What `value` is, or refers to.
pub(crate) fn resolved(value: &'static Value) -> &'static Value {
    let reference = value["$ref"].as_str().and_then(|reference| DOCUMENT.pointer(&reference[1..]));
    reference.unwrap_or(value)
}

/// The operation that answers `method` at `path`, and its pattern.
fn operation(method: &str, path: &str) -> Option<(&'static str, &'static Value)> {
    let segments: Vec<&str> = path.split('/').collect();
    let fits = |pattern: &str| {
        let parts: Vec<&str> = pattern.split('/').collect();
        let same = |(part, segment): (&&str, &&str)| {
            part == segment || (part.starts_with('{') && !segment.is_empty())
        };
        parts.len() == segments.len() && parts.iter().zip(&segments).all(same)
    };
    let paths = DOCUMENT["paths"].as_object().unwrap();
    // What is written out comes before what stands for anything.
    let found = paths
        .iter()
        .filter(|(pattern, _)| fits(pattern))
        .min_by_key(|(pattern, _)| pattern.matches('{').count());
    let (pattern, item) = found?;
    item.get(method.to_lowercase()).map(|operation| (pattern.as_str(), operation))
}

/// What is wrong with `value`, if anything.
pub(crate) fn wrong(key: &str, schema: &Value, value: &Value) -> Option<String> {
    let validator = validator(key, schema);
    let mut errors = validator.iter_errors(value).peekable();
    errors.peek()?;
    let told: Vec<_> = errors.map(|error| format!("{} at `{}`", error, error.instance_path())).collect();
    Some(told.join("; "))
}

fn validator(key: &str, schema: &Value) -> Arc<Validator> {
    let mut known = VALIDATORS.lock().unwrap();
    let validator = known.entry(key.to_owned()).or_insert_with(|| {
        let mut whole = schema.clone();
        let mut parts = Map::new();
        collect(schema, &mut parts);
        whole["components"] = json!({ "schemas": parts });
        Arc::new(jsonschema::draft202012::options().should_validate_formats(true).build(&whole).unwrap())
    });
    Arc::clone(validator)
}

/// The components that `schema` refers to, with those that they refer to: a validator knows no others.
fn collect(schema: &Value, parts: &mut Map<String, Value>) {
    let mut references = BTreeSet::new();
    super::lint::references(schema, &mut references);
    for name in references.iter().filter_map(|reference| reference.rsplit('/').next()) {
        if !parts.contains_key(name) {
            parts.insert(name.to_owned(), SCHEMAS[name].clone());
            collect(&SCHEMAS[name], parts);
        }
    }
}

/// Closes every object that `schema` describes.
fn close(schema: &mut Value) {
    let Value::Object(members) = schema else { return };
    if let Some(alternatives) = members.get_mut("oneOf").and_then(Value::as_array_mut) {
        // Each alternative is a whole of its own.
        return alternatives.iter_mut().for_each(close);
    }
    let composed = ["$ref", "allOf", "properties"].iter().any(|name| members.contains_key(*name));
    if composed {
        members.entry("unevaluatedProperties").or_insert(json!(false));
    }
    close_parts(schema);
}

/// Closes every object within `schema`, but not `schema` itself: it may be a part of another.
fn close_parts(schema: &mut Value) {
    let Value::Object(members) = schema else { return };
    for name in ["oneOf", "allOf", "anyOf"] {
        members.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten().for_each(close_parts);
    }
    for name in ["items", "additionalProperties"] {
        members.get_mut(name).into_iter().for_each(close);
    }
    let properties = members.get_mut("properties").and_then(Value::as_object_mut);
    properties.into_iter().flat_map(Map::values_mut).for_each(close);
}
