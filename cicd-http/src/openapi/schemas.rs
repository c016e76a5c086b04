//! Schemas of drafts and of answers. A type that is both has two: a draft may leave out what has a default and says nothing
//! else, an answer has every member and may grow.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// What a reference to a draft begins with until it is known whether draft and answer differ.
const DRAFTS: &str = "#/components/drafts/";
const SCHEMAS: &str = "#/components/schemas/";
/// What a text of a draft consists of, as [`cicd_core::violation::text`] reads it.
const TEXT: &str = "^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]*$";

/// The schemas that routes refer to.
#[derive(Debug, Default)]
pub(super) struct Schemas {
    drafts: BTreeMap<String, Value>,
    answers: BTreeMap<String, Value>,
}

impl Schemas {
    /// A reference to `T` as clients send it.
    pub(super) fn draft<T: ToSchema>(&mut self) -> Value {
        for (name, schema) in all::<T>() {
            self.drafts.entry(name).or_insert_with(|| draft(schema));
        }
        json!({ "$ref": format!("{DRAFTS}{}", T::name()) })
    }

    /// Whether an empty object is no draft `T`.
    pub(super) fn needs_something<T: ToSchema>(&self) -> bool {
        let required = self.drafts.get(T::name().as_ref()).and_then(|schema| schema.get("required"));
        required.and_then(Value::as_array).is_some_and(|names| !names.is_empty())
    }

    /// A reference to `T` as it is answered.
    pub(super) fn answer<T: ToSchema>(&mut self) -> Value {
        for (name, schema) in all::<T>() {
            self.answers.entry(name).or_insert_with(|| answer(schema));
        }
        json!({ "$ref": format!("{SCHEMAS}{}", T::name()) })
    }

    /// A reference to an answer that is no type of its own.
    pub(super) fn named(&mut self, name: &str, schema: Value) -> Value {
        self.answers.insert(name.to_owned(), schema);
        json!({ "$ref": format!("{SCHEMAS}{name}") })
    }

    /// These schemas and the `other` ones.
    pub(super) fn merge(&mut self, other: Self) {
        self.drafts.extend(other.drafts);
        self.answers.extend(other.answers);
    }

    /// Every schema under its name; what `paths` refers to by a draft's place now refers to one of these.
    pub(super) fn finish(self, paths: &mut Value) -> Value {
        let own: BTreeSet<String> = self.own_drafts();
        let name = |name: &str| {
            let apart = own.contains(name) && self.answers.contains_key(name);
            if apart { format!("{SCHEMAS}{name}Draft") } else { format!("{SCHEMAS}{name}") }
        };
        let settle = |reference: &mut String| {
            if let Some(draft) = reference.strip_prefix(DRAFTS) {
                *reference = name(draft);
            }
        };
        references(paths, &settle);
        let mut schemas = Map::new();
        for (draft, schema) in &self.drafts {
            let mut schema = schema.clone();
            references(&mut schema, &settle);
            schemas.insert(name(draft).replacen(SCHEMAS, "", 1), schema);
        }
        schemas.extend(self.answers);
        Value::Object(schemas)
    }

    /// The drafts that differ from the answer of their name, in themselves or in what they refer to.
    fn own_drafts(&self) -> BTreeSet<String> {
        let same = |name: &String, schema: &Value| {
            let mut schema = schema.clone();
            references(&mut schema, &|reference| *reference = reference.replacen(DRAFTS, SCHEMAS, 1));
            self.answers.get(name).is_none_or(|answer| *answer == schema)
        };
        let differ = self.drafts.iter().filter(|(name, schema)| !same(name, schema));
        let mut own: BTreeSet<String> = differ.map(|(name, _)| name.clone()).collect();
        loop {
            let refers = |schema: &Value| {
                let mut schema = schema.clone();
                let found = std::cell::Cell::new(false);
                references(&mut schema, &|reference| {
                    let named = reference.strip_prefix(DRAFTS).is_some_and(|name| own.contains(name));
                    found.set(found.get() || named);
                });
                found.get()
            };
            let more = self.drafts.iter().filter(|(name, schema)| !own.contains(*name) && refers(schema));
            let more: Vec<String> = more.map(|(name, _)| name.clone()).collect();
            if more.is_empty() {
                return own;
            }
            own.extend(more);
        }
    }
}

/// `T` and what it is made of.
fn all<T: ToSchema>() -> Vec<(String, Value)> {
    let mut all = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut all);
    all.into_iter()
        .map(|(name, schema)| {
            let mut schema = serde_json::to_value(schema).unwrap_or_default();
            each(&mut schema, &tidy);
            (name, schema)
        })
        .collect()
}

/// Gives an object a member.
pub(super) fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

/// Calls `change` for every reference in `value`.
fn references(value: &mut Value, change: &dyn Fn(&mut String)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(reference) if name == "$ref" => change(reference),
                    other => references(other, change),
                }
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(|entry| references(entry, change)),
        _ => {}
    }
}

/// Calls `change` for `schema` and every schema in it.
pub(super) fn each(schema: &mut Value, change: &dyn Fn(&mut Map<String, Value>)) {
    let Value::Object(members) = schema else { return };
    change(members);
    for name in ["items", "additionalProperties", "propertyNames"] {
        members.get_mut(name).into_iter().for_each(|schema| each(schema, change));
    }
    for name in ["oneOf", "allOf", "anyOf"] {
        let listed = members.get_mut(name).and_then(Value::as_array_mut);
        listed.into_iter().flatten().for_each(|schema| each(schema, change));
    }
    let properties = members.get_mut("properties").and_then(Value::as_object_mut);
    properties.into_iter().flatten().for_each(|(_, schema)| each(schema, change));
}

fn draft(mut schema: Value) -> Value {
    each(&mut schema, &draft_of);
    references(&mut schema, &|reference| *reference = reference.replacen(SCHEMAS, DRAFTS, 1));
    schema
}

fn draft_of(schema: &mut Map<String, Value>) {
    // A list of roles may name one twice: it is a set once it is read.
    schema.remove("uniqueItems");
    if schema.contains_key("maxLength") && !schema.contains_key("pattern") {
        schema.insert("pattern".to_owned(), json!(TEXT));
    }
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    let mut optional = BTreeSet::new();
    for (name, property) in properties.iter_mut() {
        if property.get("default").is_some() {
            optional.insert(name.clone());
            *property = nullable(property.take());
        }
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| !name.as_str().is_some_and(|name| optional.contains(name)));
    }
    schema.entry("additionalProperties").or_insert(json!(false));
}

/// `null` stands for a member that is left out.
fn nullable(mut schema: Value) -> Value {
    let kind = schema.get("type").and_then(Value::as_str).map(str::to_owned);
    if let (Some(kind), None) = (kind, schema.get("enum")) {
        set(&mut schema, "type", json!([kind, "null"]));
        return schema;
    }
    let (default, about) = (schema.get("default").cloned(), schema.get("description").cloned());
    if let Some(members) = schema.as_object_mut() {
        members.retain(|name, _| name != "default" && name != "description");
    }
    json!({ "oneOf": [schema, { "type": "null" }], "default": default, "description": about })
}

fn answer(mut schema: Value) -> Value {
    each(&mut schema, &answer_of);
    schema
}

fn answer_of(schema: &mut Map<String, Value>) {
    schema.remove("default");
    if schema.get("additionalProperties") == Some(&json!(false)) {
        schema.remove("additionalProperties");
    }
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    // What is left out where there is nothing to say is never `null`.
    let is_there = |(name, property): &(&String, &Value)| {
        required.iter().any(|required| required == *name) || takes_null(property)
    };
    let required: Vec<_> = properties.iter().filter(is_there).map(|(name, _)| json!(name)).collect();
    schema.insert("required".to_owned(), Value::Array(required));
}

fn takes_null(schema: &Value) -> bool {
    let null =
        |kind: &Value| kind == "null" || kind.as_array().is_some_and(|kinds| kinds.contains(&json!("null")));
    let alternatives = schema.get("oneOf").and_then(Value::as_array);
    schema.get("type").is_some_and(null) || alternatives.into_iter().flatten().any(takes_null)
}

/// Writes for readers of the API what was written for readers of the code.
fn tidy(schema: &mut Map<String, Value>) {
    let Some(Value::String(text)) = schema.get_mut("description") else { return };
    let prose = text.split("\n```").next().unwrap_or_default();
    *text = unlinked(prose).replace("`None`", "`null`").replace('\n', " ").trim().to_owned();
}

/// `text` with `[`X`](path)` and `[`X`]` as `X` in backticks.
fn unlinked(text: &str) -> String {
    let mut rest = text;
    let mut plain = String::new();
    while let Some((before, link)) = rest.split_once("[`") {
        let Some((name, after)) = link.split_once("`]") else { break };
        let target = after.strip_prefix('(').and_then(|after| after.split_once(')'));
        plain.push_str(&format!("{before}`{name}`"));
        rest = target.map_or(after, |(_, after)| after);
    }
    plain.push_str(rest);
    plain
}
