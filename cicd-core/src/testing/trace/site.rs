//! What the tenant ships, where, and how: services, deployments and their configs.

use serde_json::{Value, json};

use super::player::Player;
use crate::cd::{CdConfig, CdSpec, PolicyFloor};
use crate::ci::CiConfig;
use crate::id::{DeploymentId, RowVersion, ServiceId};
use crate::port::{Load, Snapshot};
use crate::service::{Capabilities, Deployment, Service, Tier};
use crate::testing::builders::{cd_config, ci_config, delete, deployment, floor, grant, put, service};

/// The deployments, each of the service whose name it begins with.
const DEPLOYMENTS: [(&str, &str); 3] = [("shop", "shop-eu"), ("shop", "shop-us"), ("blog", "blog-eu")];

impl Player<'_> {
    /// Registers everything once, and gives the people their roles.
    pub(super) async fn set_up(&mut self) {
        for (who, role) in [("ann", "approver"), ("bob", "approver"), ("cid", "approver")] {
            let mut change = put(&self.tenant, grant(who, role));
            change.governs();
            self.commit("grant", change).await;
        }
        for name in ["shop", "blog"] {
            let id: ServiceId = name.parse().expect("a slug");
            self.put_service(&id).await;
            self.put_ci_config(&id).await;
        }
        for (_, name) in DEPLOYMENTS {
            let id: DeploymentId = name.parse().expect("a slug");
            self.put_deployment(&id).await;
            self.put_cd_config(&id).await;
        }
    }

    /// One of the deployments.
    pub(super) fn a_deployment(&mut self) -> DeploymentId {
        // Most commands meet on one place.
        let index = usize::from(self.dice.one_in(3)) * usize::from(!self.dice.one_in(2)).saturating_add(1);
        DEPLOYMENTS[index.min(2)].1.parse().expect("a slug")
    }

    /// One of the services.
    pub(super) fn a_service(&mut self) -> ServiceId {
        let name = if self.dice.one_in(2) { "shop" } else { "blog" };
        name.parse().expect("a slug")
    }

    pub(super) async fn put_config(&mut self) {
        let (deployment, service) = (self.a_deployment(), self.a_service());
        match self.dice.below(8) {
            0 => self.put_service(&service).await,
            1 => self.put_ci_config(&service).await,
            2 => self.put_deployment(&deployment).await,
            3 => self.delete_cd_config(&deployment).await,
            4 => self.put_floor().await,
            _ => self.put_cd_config(&deployment).await,
        }
    }

    async fn put_service(&mut self, id: &ServiceId) {
        let name = format!("Service {}", self.dice.below(100));
        let stored = self.load(&Load::service(id.clone())).await.service;
        let row = stored.unwrap_or_else(|| service(id.as_str()));
        self.commit("service", put(&self.tenant, Service { name, ..row })).await;
    }

    async fn put_ci_config(&mut self, id: &ServiceId) {
        let row = match self.load(&Load::service(id.clone())).await.ci_config {
            Some(stored) => CiConfig { revision: stored.revision + 1, ..stored },
            None => ci_config(id),
        };
        self.commit("ci config", put(&self.tenant, row)).await;
    }

    async fn put_deployment(&mut self, id: &DeploymentId) {
        let row = match self.load(&Load::deployment(id.clone())).await.deployment {
            Some(stored) if self.dice.one_in(2) => Deployment { hold: None, ..stored },
            Some(stored) => Deployment { revision: stored.revision + 1, ..stored },
            None => {
                let (of, _) =
                    DEPLOYMENTS.iter().find(|(_, name)| *name == id.as_str()).expect("it is one of them");
                deployment(id.as_str(), &of.parse().expect("a slug"))
            }
        };
        self.commit("deployment", put(&self.tenant, row)).await;
    }

    async fn put_cd_config(&mut self, id: &DeploymentId) {
        let draft = self.cd_draft();
        let snapshot = self.load(&Load::deployment(id.clone())).await;
        let (revision, drafted) = (snapshot.last_cd_revision + 1, cd_config(id, &draft));
        let row = match snapshot.cd_config {
            Some(stored) => CdConfig { revision, spec: drafted.spec, ..stored },
            None => CdConfig { revision, ..drafted },
        };
        self.commit("cd config", put(&self.tenant, row)).await;
    }

    async fn delete_cd_config(&mut self, id: &DeploymentId) {
        if let Some(stored) = self.load(&Load::deployment(id.clone())).await.cd_config {
            let version = stored.row_version;
            let key = crate::port::Record::from(stored).key();
            self.commit("cd config", delete(&self.tenant, key, version)).await;
        }
    }

    async fn put_floor(&mut self) {
        let votes = u32::from(self.dice.one_in(2));
        let id = self.a_deployment();
        let stored: Option<PolicyFloor> = self.load(&Load::deployment(id)).await.floor;
        let row_version = stored.map_or(RowVersion::ABSENT, |floor| floor.row_version);
        let mut change = put(&self.tenant, PolicyFloor { row_version, ..floor(Tier::Staging, votes) });
        change.governs();
        self.commit("floor", change).await;
    }

    fn cd_draft(&mut self) -> Value {
        let strategy = match self.dice.below(4) {
            0 => json!({"type": "blue-green", "promotion": "manual"}),
            1 => json!({
                "type": "canary",
                "steps": [{"weight": 10, "pause": {"seconds": 30}}, {"weight": 50, "analysis": "command"}],
            }),
            _ => json!({"type": "rolling", "max_surge": 1, "max_unavailable": 0}),
        };
        let queue = self.dice.pick(&["supersede", "wait", "refuse"]).copied().unwrap_or("wait");
        let stale = if self.dice.one_in(2) { "cancel" } else { "keep-pinned" };
        let mut draft = json!({
            "strategy": strategy, "queue": queue, "when_stale": stale, "allow_external_artifacts": true,
        });
        let votes = self.dice.below(3);
        if votes > 0 {
            draft["approval"] = json!({
                "requirements": [{"role": "approver", "count": votes}], "deadline_seconds": 3_600,
            });
        }
        let known = CdSpec::parse(&draft, &Capabilities::ALL, &floor(Tier::Staging, 0));
        assert!(known.is_ok(), "a draft of a trace is valid: {known:?}");
        draft
    }
}

/// The floor of a deployment, as it is stored or by default.
pub(super) fn floor_of(snapshot: &Snapshot, tier: Tier) -> PolicyFloor {
    snapshot.floor.clone().unwrap_or_else(|| PolicyFloor::default_for(tier))
}
