//! People, services, deployments and a repository, made through the API.

use std::path::Path;
use std::process::Command;

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use super::Site;

/// Who asks for what, and where.
#[derive(Clone)]
pub(crate) struct People {
    pub(crate) http: Client,
    pub(crate) admin: String,
    pub(crate) developer: String,
    pub(crate) approver: String,
    pub(crate) manager: String,
    pub(crate) commit: String,
}

impl People {
    pub(crate) fn request(&self, method: Method, url: &str, token: &str) -> RequestBuilder {
        self.http.request(method, url).bearer_auth(token)
    }
}

/// The deployment of a client.
pub(crate) fn deployment(number: usize) -> String {
    format!("shop-{number}")
}

pub(crate) async fn people_and_places(site: &Site, admin: &str, clients: usize) -> People {
    let mut people = People {
        http: Client::new(),
        admin: admin.to_owned(),
        developer: String::new(),
        approver: String::new(),
        manager: String::new(),
        commit: repository(&site.path("repository")),
    };
    people.developer = token(site, &people, "dora", "developer").await;
    people.approver = token(site, &people, "ann", "approver").await;
    people.manager = token(site, &people, "max", "release-manager").await;
    put(site, &people, "/services/shop", json!({ "name": "Shop", "description": "" })).await;
    put(site, &people, "/services/shop/ci-config", ci_config(&site.path("repository"), &site.path("state")))
        .await;
    for number in 1..=clients {
        let path = format!("/deployments/{}", deployment(number));
        put(site, &people, &path, target(number, &site.path("state"))).await;
        put(site, &people, &format!("{path}/cd-config"), cd_config()).await;
    }
    std::fs::create_dir_all(site.path("state")).expect("a directory for what the commands note");
    people
}

async fn token(site: &Site, people: &People, principal: &str, role: &str) -> String {
    let url = format!("{}/tokens", site.api());
    let body = json!({ "principal": principal, "roles": [role] });
    let answer =
        people.request(Method::POST, &url, &people.admin).json(&body).send().await.expect("an answer");
    assert!(answer.status().is_success(), "{:?}", answer.text().await);
    let answer: Value = answer.json().await.expect("json");
    answer.get("token").and_then(Value::as_str).expect("a new token tells itself").to_owned()
}

async fn put(site: &Site, people: &People, path: &str, body: Value) {
    let url = format!("{}{path}", site.api());
    let request = people.request(Method::PUT, &url, &people.admin).header("if-none-match", "*").json(&body);
    let answer = request.send().await.expect("an answer");
    assert!(answer.status().is_success(), "{path}: {:?}", answer.text().await);
}

fn ci_config(repository: &Path, state: &Path) -> Value {
    let build = format!(
        "mkdir -p out && cp page out/page && echo \"$HOME\" >> '{}/builds' && sleep 0.1",
        state.display()
    );
    json!({
        "repository": format!("file://{}", repository.display()),
        "steps": [{ "name": "build", "shell": build }],
        "artifact": { "path": "out/page", "name": "page" },
        "trigger_mode": "manual",
        "executor": "command",
        "max_attempts": 10,
    })
}

/// Notes each `apply`, and whether it met a living one of before; what nobody has waited for yet (`Z`) is dead. What comes late,
/// with an older epoch than was seen, is turned away.
fn target(number: usize, state: &Path) -> Value {
    let script = "started() { grep -v ') Z ' \"/proc/$1/stat\" 2>/dev/null | cut -d' ' -f22; }; \
        last=\"$STATE/$CICD_DEPLOYMENT\"; exec 9>>\"$last.lock\"; flock 9; \
        if read -r pid at epoch < \"$last\" 2>/dev/null; then \
        if [ \"$CICD_EPOCH\" -lt \"$epoch\" ]; then echo \"$CICD_ATTEMPT_KEY $CICD_EPOCH\" >> \"$STATE/late\"; exit 1; fi; \
        if [ \"$(started \"$pid\")\" = \"$at\" ]; then echo \"$CICD_ATTEMPT_KEY $pid\" >> \"$STATE/overlaps\"; fi; fi; \
        echo \"$$ $(started $$) $CICD_EPOCH\" > \"$last\"; \
        echo \"$CICD_ATTEMPT_KEY $CICD_EPOCH $HOME\" >> \"$STATE/applies\"; exec 9>&-; sleep 0.2";
    json!({
        "service": "shop",
        "environment": format!("staging-{number}"),
        "tier": "staging",
        "executor": "command",
        "target": { "commands": { "apply": {
            "argv": ["/bin/sh", "-c", script],
            "environment": { "STATE": state.display().to_string() },
        } } },
    })
}

fn cd_config() -> Value {
    json!({
        "strategy": { "type": "rolling" },
        "approval": { "requirements": [{ "role": "approver", "count": 1 }] },
        "queue": "wait",
        "allow_external_artifacts": true,
    })
}

fn repository(path: &Path) -> String {
    std::fs::create_dir_all(path).expect("a directory for the repository");
    std::fs::write(path.join("page"), "hello\n").expect("a page");
    let git = |arguments: &[&str]| {
        let done =
            Command::new("git").arg("-C").arg(path).args(arguments).output().expect("git is installed");
        assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).trim().to_owned()
    };
    git(&["init", "--quiet", "--initial-branch=main"]);
    git(&["add", "page"]);
    git(&["-c", "user.name=shop", "-c", "user.email=shop@example.org", "commit", "--quiet", "-m", "A page"]);
    git(&["rev-parse", "HEAD"])
}
