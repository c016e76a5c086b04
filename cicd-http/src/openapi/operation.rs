//! What a route says of itself. What follows from its method, its path and who may reach it, the document adds.

use serde_json::{Value, json};
use utoipa::ToSchema;

use super::parameters::{optional, page};
use super::replies::{Header, Reply};
use super::schemas::{Schemas, set};
use crate::dto::REASON_CHARACTERS;
use crate::problem::Kind;

const JSON: &str = "application/json";

/// Who may reach a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Callers whom the authenticator knows.
    Callers,
    /// Whoever shows the credential of this security scheme, which the route checks itself.
    Own(&'static str),
    /// Everybody.
    Open,
}

/// The description of one route.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    pub(super) about: &'static str,
    pub(super) parameters: Vec<Value>,
    pub(super) body: Option<Value>,
    pub(super) replies: Vec<Reply>,
    pub(super) kinds: Vec<Kind>,
    pub(super) access: Option<Access>,
    pub(super) may_be_denied: bool,
    pub(super) is_repeatable: bool,
    pub(super) schemas: Schemas,
}

impl Operation {
    /// An operation under the name by which clients know it.
    pub(crate) fn new(id: &'static str, summary: &'static str) -> Self {
        Self {
            id,
            summary,
            about: "",
            parameters: Vec::new(),
            body: None,
            replies: Vec::new(),
            kinds: Vec::new(),
            access: None,
            may_be_denied: true,
            is_repeatable: true,
            schemas: Schemas::default(),
        }
    }

    /// What the summary does not say.
    pub(crate) fn about(mut self, about: &'static str) -> Self {
        self.about = about;
        self
    }

    /// Comes the newest one first, unless asked.
    pub(crate) fn newest_first(self) -> Self {
        let orders =
            json!({ "type": "string", "enum": ["newest-first", "oldest-first"], "default": "newest-first" });
        self.query_of("order", &orders, "Which end comes first.")
    }

    /// Takes the query parameter `name`, which may be left out.
    pub(crate) fn query<T: ToSchema>(mut self, name: &str, about: &str) -> Self {
        let schema = self.schemas.draft::<T>();
        self.parameters.push(optional("query", name, &schema, about));
        self
    }

    /// Takes the query parameter `name` of this `schema`, which may be left out.
    pub(crate) fn query_of(mut self, name: &str, schema: &Value, about: &str) -> Self {
        self.parameters.push(optional("query", name, schema, about));
        self
    }

    /// Takes the query parameter `name` of this `schema`, always.
    pub(crate) fn required_query(mut self, name: &str, schema: &Value, about: &str) -> Self {
        let mut parameter = optional("query", name, schema, about);
        set(&mut parameter, "required", json!(true));
        self.parameters.push(parameter);
        self
    }

    /// Takes the parameter `reason`, which is required; `about` says what it is the reason of.
    pub(crate) fn reason(self, about: &str) -> Self {
        let reason = json!({ "type": "string", "minLength": 1, "maxLength": REASON_CHARACTERS });
        self.required_query("reason", &reason, about)
    }

    /// Takes the header `name` of this `schema`, which may be left out.
    pub(crate) fn header(mut self, name: &str, schema: &Value, about: &str) -> Self {
        self.parameters.push(optional("header", name, schema, about));
        self
    }

    /// Takes what the client has seen, and answers with no less.
    pub(crate) fn sees(self) -> Self {
        let about = "What a write answered with: the answer misses nothing of what was committed up to then.";
        self.header("X-Consistency", &json!({ "type": "integer", "minimum": 0 }), about)
    }

    /// Takes a draft, such as this one.
    pub(crate) fn takes<D: ToSchema>(mut self, example: &Value) -> Self {
        let schema = self.schemas.draft::<D>();
        let required = self.schemas.needs_something::<D>();
        let content = json!({ JSON: { "schema": schema, "example": example } });
        self.body = Some(json!({ "required": required, "content": content }));
        self
    }

    /// Takes a body that says nothing.
    pub(crate) fn takes_nothing(mut self) -> Self {
        let schema = json!({ "type": "object", "properties": {}, "additionalProperties": false });
        let content = json!({ JSON: { "schema": schema, "example": {} } });
        self.body = Some(json!({ "required": false, "content": content }));
        self
    }

    /// Takes any JSON, such as this.
    pub(crate) fn takes_any(mut self, about: &str, example: &Value) -> Self {
        let content = json!({ JSON: { "schema": {}, "example": example } });
        self.body = Some(json!({ "description": about, "required": true, "content": content }));
        self
    }

    /// Answers `T`.
    pub(crate) fn json<T: ToSchema>(self, about: &'static str) -> Self {
        self.with_json::<T>(200, about, &[])
    }

    /// Answers `T` with this status, too.
    pub(crate) fn json_with<T: ToSchema>(self, status: u16, about: &'static str) -> Self {
        self.with_json::<T>(status, about, &[])
    }

    /// Answers a row and its version.
    pub(crate) fn row<T: ToSchema>(self, about: &'static str) -> Self {
        self.with_json::<T>(200, about, &[Header::ETag])
    }

    /// Answers a session, with its cookie.
    pub(crate) fn session<T: ToSchema>(self, status: u16) -> Self {
        self.with_json::<T>(status, "The session.", &[Header::ETag, Header::SetCookie])
    }

    /// Ends a session, and takes its cookie.
    pub(crate) fn ends_session(self) -> Self {
        self.reply(204, "It has ended.", &[Header::Consistency, Header::SetCookie], None)
    }

    /// Answers a page; cursors are opaque.
    pub(crate) fn page<T: ToSchema>(self) -> Self {
        self.page_after::<T>(&json!({ "type": "string", "minLength": 1, "maxLength": 500 }))
    }

    /// Answers a page; cursors have this schema.
    pub(crate) fn page_after<T: ToSchema>(mut self, cursor: &Value) -> Self {
        self.parameters.extend(page(cursor));
        self.whole_list::<T>()
    }

    /// Answers a list in one page.
    pub(crate) fn whole_list<T: ToSchema>(mut self) -> Self {
        let items = json!({ "type": "array", "items": self.schemas.answer::<T>(), "description": "The entries, in the order of the list." });
        let next = json!({ "type": ["string", "null"], "description": "What `after` takes for the next page; `null` on the last one." });
        let schema = json!({
            "type": "object", "required": ["items", "next"], "properties": { "items": items, "next": next },
        });
        self.reply(200, "One page.", &[], Some((JSON, schema)))
    }

    /// Puts a row: answers it as it is then.
    pub(crate) fn puts<T: ToSchema>(self) -> Self {
        let headers = [Header::ETag, Header::Consistency];
        let changed = self.with_json::<T>(200, "Changed, or the same as before.", &headers);
        changed.with_json::<T>(201, "New.", &headers)
    }

    /// Changes a row: answers it as it is then.
    pub(crate) fn changes<T: ToSchema>(self, about: &'static str) -> Self {
        self.with_json::<T>(200, about, &[Header::ETag, Header::Consistency, Header::Replayed])
    }

    /// Makes something: answers it, and where to find it.
    pub(crate) fn creates<T: ToSchema>(self, about: &'static str) -> Self {
        let headers = [Header::ETag, Header::Location, Header::Consistency, Header::Replayed];
        self.with_json::<T>(201, about, &headers)
    }

    /// Takes something away.
    pub(crate) fn deletes(self) -> Self {
        self.reply(204, "Gone.", &[Header::Consistency], None)
    }

    /// Answers what is no JSON.
    pub(crate) fn bytes(self, about: &'static str, media: &'static str, headers: &[Header]) -> Self {
        self.reply(200, about, headers, Some((media, json!({ "type": "string" }))))
    }

    /// Answers an object of any shape.
    pub(crate) fn object(self, about: &'static str) -> Self {
        self.reply(200, about, &[], Some((JSON, json!({ "type": "object" }))))
    }

    /// Answers a file of one of these media types.
    pub(crate) fn files(mut self, about: &'static str, media: &[&'static str]) -> Self {
        let content = media.iter().map(|media| (*media, json!({ "type": "string" }))).collect();
        self.replies.push(Reply { status: 200, about, headers: Vec::new(), content });
        self
    }

    /// Answers where to look instead.
    pub(crate) fn redirects(self, about: &'static str) -> Self {
        self.reply(308, about, &[Header::Location], None)
    }

    /// Answers events, each with `T` as its data.
    pub(crate) fn events<T: ToSchema>(mut self, about: &'static str) -> Self {
        let data = self.schemas.answer::<T>();
        let schema = json!({ "type": "string", "x-event-data": data });
        self.reply(200, about, &[], Some(("text/event-stream", schema)))
    }

    /// May be answered by these problems, besides those that follow from method, path and access.
    pub(crate) fn meets(mut self, kinds: &[Kind]) -> Self {
        self.kinds.extend(kinds);
        self
    }

    /// Is nobody's privilege.
    pub(crate) fn for_everybody(mut self) -> Self {
        self.may_be_denied = false;
        self
    }

    /// Does not look at an idempotency key: what it answers must not be kept.
    pub(crate) fn without_key(mut self) -> Self {
        self.is_repeatable = false;
        self
    }

    /// Checks the credential of this security scheme itself.
    pub(crate) fn with_credential(mut self, scheme: &'static str) -> Self {
        self.access = Some(Access::Own(scheme));
        self
    }

    fn with_json<T: ToSchema>(mut self, status: u16, about: &'static str, headers: &[Header]) -> Self {
        let schema = self.schemas.answer::<T>();
        self.reply(status, about, headers, Some((JSON, schema)))
    }

    fn reply(
        mut self,
        status: u16,
        about: &'static str,
        headers: &[Header],
        content: Option<(&'static str, Value)>,
    ) -> Self {
        let content = content.into_iter().collect();
        self.replies.push(Reply { status, about, headers: headers.to_vec(), content });
        self
    }
}
