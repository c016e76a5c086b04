//! A host with one of everything, and who asks.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::body;
use crate::openapi::{Described, described};
use crate::support::{Answer, World, reasoned};

/// A host, what is there, and what was done.
pub(super) struct Site {
    pub(super) world: World,
    /// Holds every role.
    pub(super) admin: String,
    pub(super) ben: String,
    pub(super) cleo: String,
    /// An id of each collection, such as `releases`.
    pub(super) ids: BTreeMap<&'static str, String>,
    /// The operations that were performed.
    pub(super) performed: BTreeSet<String>,
    /// Patterns of what was taken away, each with what stood in its place.
    pub(super) gone: Vec<(&'static str, String)>,
}

impl Site {
    pub(super) async fn open() -> Self {
        let world = World::still().await.with_shop().await;
        let everything = ["admin", "developer", "release-manager", "approver", "auditor"];
        let admin = world.person("ada", &everything).await;
        let (ben, cleo) =
            (world.person("ben", &["approver"]).await, world.person("cleo", &["approver"]).await);
        Self { world, admin, ben, cleo, ids: BTreeMap::new(), performed: BTreeSet::new(), gone: Vec::new() }
    }

    /// The operation of this id.
    pub(super) fn operation(id: &str) -> Described {
        described().into_iter().find(|operation| operation.id == id).unwrap_or_else(|| panic!("no `{id}`"))
    }

    /// A path of the operation, with what is there.
    pub(super) fn path(&self, operation: &Described) -> String {
        let collection = operation.path.split('/').nth(3).unwrap();
        let id = self.ids.get(collection).map_or("", String::as_str);
        operation
            .path
            .replace("{service}", "shop")
            .replace("{deployment}", "shop-staging")
            .replace("{tier}", "staging")
            .replace("{principal}", "ben")
            .replace("{digest}", self.ids.get("blobs").map_or("", String::as_str))
            .replace("{grant}", "ben%7Capprover%7C*%7C*%7C*")
            .replace("{delivery}", self.ids.get("deliveries").map_or("", String::as_str))
            .replace("{seq}", "1")
            .replace("{id}", id)
    }

    /// Sends the operation with a body that it takes.
    pub(super) async fn send(&self, token: &str, operation: &Described, path: &str) -> Answer {
        let draft = body(operation);
        let draft = draft.map(|draft| draft.to_string().replace("\"nothing\"", "\"shop-staging\""));
        let draft = draft.map(|draft| serde_json::from_str(&draft).unwrap());
        self.send_with(token, operation, path, draft, "\"1\"").await
    }

    /// Sends the operation with this draft and, where it asks for one, this version.
    pub(super) async fn send_with(
        &self,
        token: &str,
        operation: &Described,
        path: &str,
        draft: Option<Value>,
        version: &str,
    ) -> Answer {
        let path = reasoned(&operation.method, path);
        let mut request = self.world.anonymous(&operation.method, &path);
        request = request.header("authorization", &format!("Bearer {token}"));
        request = request.header("x-request-id", &operation.id);
        if operation.is_conditional() && !version.is_empty() {
            let name = if version == "*" { "if-none-match" } else { "if-match" };
            request = request.header(name, version);
        }
        match draft {
            Some(draft) => request.json(&draft).send().await,
            None => request.send().await,
        }
    }

    /// Performs the operation: it succeeds, and the audit has an event of this very request.
    pub(super) async fn act(&mut self, id: &str, path: &str, draft: Option<Value>) -> Answer {
        let token = self.admin.clone();
        self.act_as(&token, id, path, draft).await
    }

    /// As [`Site::act`], by somebody else.
    pub(super) async fn act_as(&mut self, token: &str, id: &str, path: &str, draft: Option<Value>) -> Answer {
        let operation = Self::operation(id);
        let path = format!("/api/v1{path}");
        let row = path.trim_end_matches("/hold").trim_start_matches("/api/v1");
        let there = self.world.get(&self.admin, row).await;
        let version = there.headers.get("etag").map_or("*", |etag| etag.to_str().unwrap()).to_owned();
        self.rehearse(token, &operation, &path, draft.as_ref(), &version).await;
        let answer = self.send_with(token, &operation, &path, draft, &version).await;
        assert!(answer.status.is_success(), "{id} {path}: {answer:?}");
        self.recorded(id, |event| event["request_id"] == id).await;
        self.performed.insert(id.to_owned());
        answer
    }

    /// A dry run of the operation succeeds and leaves nothing behind, nor does one for no version or a wrong one.
    async fn rehearse(
        &self,
        token: &str,
        operation: &Described,
        path: &str,
        draft: Option<&Value>,
        version: &str,
    ) {
        let before = self.last_event().await;
        let dry = format!("{path}?dry_run=true");
        let answer = self.send_with(token, operation, &dry, draft.cloned(), version).await;
        assert!(answer.status.is_success(), "{operation:?} in a dry run: {answer:?}");
        if operation.is_conditional() {
            for (version, status) in [("", 428), ("\"999\"", 412)] {
                let refused = self.send_with(token, operation, path, draft.cloned(), version).await;
                assert_eq!(refused.status.as_u16(), status, "{operation:?} for `{version}`: {refused:?}");
            }
        }
        assert_eq!(self.last_event().await, before, "{operation:?}");
    }

    /// The sequence of the ledger's last event.
    async fn last_event(&self) -> Value {
        let last = self.world.get(&self.admin, "/audit-events?order=newest-first&limit=1").await;
        last.body["items"][0]["seq"].clone()
    }

    /// The audit has such an event among its latest.
    pub(super) async fn recorded(&self, id: &str, is: impl Fn(&Value) -> bool) {
        let events = self.world.get(&self.admin, "/audit-events?order=newest-first&limit=50").await;
        assert!(events.body["items"].as_array().unwrap().iter().any(is), "{id} leaves no event: {events:?}");
    }

    /// What was denied to `principal`.
    pub(super) async fn denials(&self, principal: &str) -> Vec<Value> {
        let path = "/audit-events?chain=security&order=newest-first&limit=5";
        let events = self.world.get(&self.admin, path).await;
        let all = events.body["items"].as_array().unwrap().iter();
        all.filter(|event| event["actor"]["id"] == principal).cloned().collect()
    }
}
