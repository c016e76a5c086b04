//! An executor of one's own: rollouts that switch a sign in a directory.
//!
//! The story: two releases, each voted on, and a rollback. It prints the timeline and what the sign says.

mod sign;
mod signpost;

use std::path::Path;
use std::sync::Arc;

use cicd_core::authz::{Caller, GrantKey, GrantScope};
use cicd_core::digest::Digest;
use cicd_core::engine::{ArtifactSource, Engine, Options, ReleaseDraft, VoteDraft, WorkerConfig};
use cicd_core::id::{DeploymentId, ReleaseId, ServiceId, TenantId};
use cicd_core::memory::{MemoryBlobs, MemoryStore, RoleTable, SequentialIds};
use cicd_core::release::Release;
use cicd_core::service::{DeploymentSpec, ServiceDraft};
use cicd_core::time::Timestamp;
use cicd_core::timeline::TimelineQuery;
use futures_util::StreamExt as _;
use serde_json::json;
use signpost::Signpost;

type Error = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let directory = tempfile::tempdir()?;
    let engine = Engine::builder()
        .store(MemoryStore::new(now))
        .blobs(Arc::new(MemoryBlobs::default()))
        .ids(SequentialIds::default())
        .authorizer(RoleTable::default())
        .deploy_executor("signpost", Signpost::new(directory.path().to_owned()))
        .build()?;
    let workers = engine.spawn_workers(WorkerConfig::default());

    let house = House::furnish(engine).await?;
    let first = house.ship("1.0").await?;
    let second = house.ship("1.1").await?;
    println!("the sign says {}", sign(directory.path())?);
    house.roll_back(&second, "1.1 charges twice").await?;
    println!("the sign says {}", sign(directory.path())?);
    house.tell().await?;

    workers.drain(std::time::Duration::from_secs(5)).await;
    match sign(directory.path())? {
        digest if digest == first.spec.content.artifact.digest.to_string() => Ok(()),
        other => Err(format!("the sign still says {other}").into()),
    }
}

/// A tenant with one service, one production deployment, and three people.
struct House {
    engine: Engine,
    tenant: TenantId,
    service: ServiceId,
    deployment: DeploymentId,
}

impl House {
    async fn furnish(engine: Engine) -> Result<Self, Error> {
        let house = Self {
            engine,
            tenant: "acme".parse()?,
            service: "shop".parse()?,
            deployment: "shop-production".parse()?,
        };
        let options = Options::default();
        let engine = &house.engine;
        engine.bootstrap(&house.tenant, &"ada".parse()?).await?;
        let ada = house.person("ada")?;
        for (name, role) in [("dan", "developer"), ("kim", "approver"), ("rhea", "release-manager")] {
            let scope = GrantScope { service: Some(house.service.clone()), ..GrantScope::default() };
            let key = GrantKey { principal: name.parse()?, role: role.parse()?, scope };
            engine.grant(&ada, &key, &options).await?;
        }
        let shop = ServiceDraft { name: "Shop".into(), description: String::new() };
        engine.put_service(&ada, &house.service, &shop, &options).await?;
        let spec = DeploymentSpec::parse(&json!({
            "service": "shop", "environment": "production", "tier": "production",
            "executor": "signpost", "target": { "sign": "shop" },
        }))?;
        engine.put_deployment(&ada, &house.deployment, &spec, &options).await?;
        let config = json!({
            "strategy": { "type": "rolling", "max_surge": 1, "max_unavailable": 0 },
            "approval": { "requirements": [{ "role": "approver", "count": 1 }] },
            "allow_external_artifacts": true,
        });
        engine.put_cd_config(&ada, &house.deployment, &config, &options).await?;
        Ok(house)
    }

    /// In a host, callers come from its authenticator.
    fn person(&self, name: &str) -> Result<Caller, Error> {
        Ok(Caller::person(self.tenant.clone(), name.parse()?))
    }

    /// Dan asks, Kim votes, a worker rolls out.
    async fn ship(&self, version: &str) -> Result<Release, Error> {
        let draft = ReleaseDraft {
            deployment: self.deployment.clone(),
            artifact: ArtifactSource::External {
                digest: Digest::of(version.as_bytes()),
                name: "shop.tar".into(),
                location: format!("https://artifacts.example/shop/{version}"),
            },
            version: version.into(),
            reason: None,
        };
        let options = Options::default();
        let release = self.engine.create_release(&self.person("dan")?, &draft, &options).await?.value;
        // The vote names the content that Kim saw: if that were not what ships, the vote would be refused.
        let vote = VoteDraft { content: release.content_digest, role: None, comment: Some("read it".into()) };
        self.engine.approve(&self.person("kim")?, release.id(), &vote, &options).await?;
        self.until_over(release.id()).await?;
        Ok(release)
    }

    async fn roll_back(&self, release: &Release, why: &str) -> Result<(), Error> {
        let rhea = self.person("rhea")?;
        let outcome =
            self.engine.rollback_release(&rhea, release.id(), None, why, &Options::default()).await?;
        self.until_over(outcome.value.id()).await
    }

    /// Follows the committed events until one says that the release succeeded.
    async fn until_over(&self, release: ReleaseId) -> Result<(), Error> {
        let mut events = std::pin::pin!(self.engine.subscribe(&self.tenant, 0));
        while let Some(event) = events.next().await {
            let event = event?.event()?;
            match event.kind.as_str() {
                _ if event.subject.id != release.to_string() => {}
                "release.succeeded" => return Ok(()),
                "release.failed" | "release.cancelled" => return Err(event.data.to_string().into()),
                _ => {}
            }
        }
        Err("the events ended".into())
    }

    async fn tell(&self) -> Result<(), Error> {
        let rhea = self.person("rhea")?;
        let page = self.engine.service_timeline(&rhea, &self.service, &TimelineQuery::default()).await?;
        for entry in page.items.iter().rev() {
            println!("{} {}", entry.at, entry.summary);
        }
        Ok(())
    }
}

/// What the sign says.
fn sign(directory: &Path) -> Result<String, Error> {
    let text = std::fs::read_to_string(directory.join("shop.json"))?;
    let sign: serde_json::Value = serde_json::from_str(&text)?;
    Ok(sign.pointer("/current").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned())
}

/// The core reads no clock; this host gives its own.
fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
