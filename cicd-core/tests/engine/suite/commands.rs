//! Every command of the engine, by the action that it asks for: whoever adds an action adds its commands here.

use cicd_core::authz::{Action, Caller, GrantKey, PrincipalKind, Token, TokenDraft};
use cicd_core::cd::FloorDraft;
use cicd_core::ci::run::{CiRun, RunDraft};
use cicd_core::digest::Digest;
use cicd_core::engine::{AuditQuery, Engine, EngineError, Options, Outcome, Steer};
use cicd_core::gate::{Freeze, FreezeDraft, Lock, LockDraft};
use cicd_core::id::DeliveryId;
use cicd_core::memory::Clock as _;
use cicd_core::page::Limit;
use cicd_core::port::{ListQuery, RecordKey, RecordKind, ReleaseFilter, RunFilter};
use cicd_core::release::Release;
use cicd_core::service::{ServiceDraft, Tier};
use cicd_core::source::Source;
use serde_json::json;

use super::sources;
use super::timelines::whole;
use super::world::{World, ci_config, rolling, target, vote_on};

/// Something of everything.
pub(crate) struct There {
    run: CiRun,
    release: Release,
    freeze: Freeze,
    lock: Lock,
    token: Token,
    source: Source,
    delivery: DeliveryId,
}

type Asked = Vec<(&'static str, Result<(), EngineError>)>;

fn told<T>(outcome: Result<Outcome<T>, EngineError>) -> Result<(), EngineError> {
    outcome.map(drop)
}

pub(crate) fn freeze(world: &World, seconds: u64) -> FreezeDraft {
    let (from, until) = (world.clock.now(), world.clock.now().plus_seconds(seconds));
    let scope = json!({"kind": "tier", "tier": "staging"});
    FreezeDraft::parse(&json!({"scope": scope, "from": from, "until": until, "reason": "a feast"})).unwrap()
}

pub(crate) fn lock(world: &World, seconds: u64) -> LockDraft {
    let expires_at = world.clock.now().plus_seconds(seconds);
    LockDraft::parse(&json!({"deployment": "shop-eu", "reason": "disks", "expires_at": expires_at})).unwrap()
}

pub(crate) fn token_draft(who: &Caller, role: &str) -> TokenDraft {
    TokenDraft {
        principal: who.principal.clone(),
        kind: PrincipalKind::Person,
        roles: [role.parse().unwrap()].into(),
        expires_in_days: 7,
    }
}

impl There {
    pub(crate) async fn new(world: &World) -> Self {
        let (engine, plain) = (&world.engine, Options::default());
        let source = sources::source(world).await;
        let delivery = sources::push(world, &source, &sources::pushed("main", 'a')).await.unwrap().delivery;
        let token = engine.create_token(&world.ada(), &token_draft(&world.ann(), "developer"), &plain).await;
        Self {
            run: world.run(&"a".repeat(40)).await,
            release: world.release("1.0").await,
            freeze: engine.add_freeze(&world.rita(), &freeze(world, 3600), &plain).await.unwrap().value,
            lock: engine.take_lock(&world.rita(), &lock(world, 3600), &plain).await.unwrap().value,
            token: token.unwrap().value.token,
            source,
            delivery,
        }
    }

    /// Whether it changes nothing, so that nobody's roles count beyond the right to it.
    pub(crate) const fn is_read(action: Action) -> bool {
        matches!(action, Action::Read | Action::ReadLog | Action::ReadArtifact | Action::ReadAudit)
    }

    /// Asks for everything that needs `action`.
    pub(crate) async fn ask(&self, world: &World, engine: &Engine, action: Action, o: &Options) -> Asked {
        match action {
            Action::Read => {
                let mut asked = self.read(world, engine).await;
                asked.extend(self.list(world, engine).await);
                asked
            }
            Action::ReadLog | Action::ReadArtifact | Action::ReadAudit => {
                self.fetch(world, engine, action).await
            }
            Action::PutService
            | Action::PutDeployment
            | Action::LiftHold
            | Action::PutCiConfig
            | Action::TriggerRun
            | Action::CancelRun
            | Action::PutCdConfig => self.configure(world, engine, action, o).await,
            Action::CreateRelease
            | Action::Vote
            | Action::CancelOwnRelease
            | Action::CancelRelease
            | Action::Pause
            | Action::Resume
            | Action::Promote
            | Action::Abort
            | Action::Retry
            | Action::Rollback => self.release(world, engine, action, o).await,
            Action::Freeze
            | Action::Lock
            | Action::BreakLock
            | Action::PutPolicy
            | Action::ManageRoles
            | Action::ManageTokens
            | Action::ManageSources => self.govern(world, engine, action, o).await,
        }
    }

    async fn read(&self, world: &World, engine: &Engine) -> Asked {
        let (ann, release) = (world.ann(), self.release.id());
        let (service, deployment) = (world.service(), world.deployment());
        let freeze = RecordKey::new(RecordKind::Freeze, self.freeze.id);
        let page = Limit::default();
        vec![
            ("service", engine.service(&ann, &service).await.map(drop)),
            ("ci_config", engine.ci_config(&ann, &service).await.map(drop)),
            ("deployment", engine.deployment(&ann, &deployment).await.map(drop)),
            ("cd_config", engine.cd_config(&ann, &deployment).await.map(drop)),
            ("floor", engine.floor(&ann, Tier::Production).await.map(drop)),
            ("record", engine.record(&ann, freeze).await.map(drop)),
            ("run", engine.run(&ann, self.run.id).await.map(drop)),
            ("release", engine.release(&ann, release).await.map(drop)),
            ("explain", engine.explain(&ann, release).await.map(drop)),
            ("service_timeline", engine.service_timeline(&ann, &service, &whole()).await.map(drop)),
            ("source", engine.source(&ann, self.source.id).await.map(drop)),
            ("deliveries", engine.deliveries(&ann, self.source.id, None, None, page).await.map(drop)),
            ("delivery", engine.delivery(&ann, self.source.id, self.delivery).await.map(drop)),
            ("release_timeline", engine.release_timeline(&ann, release, &whole()).await.map(drop)),
        ]
    }

    async fn list(&self, world: &World, engine: &Engine) -> Asked {
        let (ann, deployment) = (world.ann(), world.deployment());
        let queries = [
            ListQuery::Services,
            ListQuery::Deployments { service: None },
            ListQuery::CiRuns(RunFilter { service: Some(world.service()), ..RunFilter::default() }),
            ListQuery::Releases(ReleaseFilter::default()),
            ListQuery::Revisions { kind: RecordKind::CdConfig, id: deployment.to_string() },
            ListQuery::Ledger { deployment },
            ListQuery::Freezes,
            ListQuery::Locks,
            ListQuery::PolicyFloors,
            ListQuery::Sources,
            ListQuery::Deliveries { source: self.source.id },
            ListQuery::OldestDeliveries,
        ];
        let mut asked = Asked::new();
        for query in queries {
            asked.push(("list", engine.list(&ann, &query, None, Limit::default()).await.map(drop)));
        }
        asked
    }

    async fn fetch(&self, world: &World, engine: &Engine, action: Action) -> Asked {
        let ann = world.ann();
        match action {
            Action::ReadLog => vec![
                ("run_log", engine.run_log(&ann, self.run.id, 0, 10).await.map(drop)),
                ("release_log", engine.release_log(&ann, self.release.id(), 0, 10).await.map(drop)),
            ],
            Action::ReadArtifact => {
                vec![("artifact", engine.artifact(&ann, Digest::of(b"1.0")).await.map(drop))]
            }
            _ => {
                let query = AuditQuery::of(cicd_core::audit::Chain::Security);
                vec![("audit_events", engine.audit_events(&ann, &query, 10).await.map(drop))]
            }
        }
    }

    async fn configure(&self, world: &World, engine: &Engine, action: Action, o: &Options) -> Asked {
        let (ada, service, deployment) = (world.ada(), world.service(), world.deployment());
        let draft = ServiceDraft::parse(&json!({"name": "Another name"})).unwrap();
        let run = RunDraft::parse(&json!({"commit": "b".repeat(40)})).unwrap();
        match action {
            Action::PutService => {
                let unknown = "unheard-of".parse().unwrap();
                vec![
                    ("put_service", told(engine.put_service(&ada, &service, &draft, o).await)),
                    ("put_service", told(engine.put_service(&ada, &unknown, &draft, o).await)),
                ]
            }
            Action::PutDeployment => {
                let unknown = "shop-us".parse().unwrap();
                vec![
                    (
                        "put_deployment",
                        told(engine.put_deployment(&ada, &deployment, &target("eu-9"), o).await),
                    ),
                    ("put_deployment", told(engine.put_deployment(&ada, &unknown, &target("us-1"), o).await)),
                ]
            }
            Action::LiftHold => {
                vec![("lift_hold", told(engine.lift_hold(&ada, &deployment, "why", o).await))]
            }
            Action::PutCiConfig => vec![
                ("put_ci_config", told(engine.put_ci_config(&ada, &service, &ci_config(), o).await)),
                ("delete_ci_config", told(engine.delete_ci_config(&ada, &service, o).await)),
            ],
            Action::TriggerRun => {
                vec![("trigger_run", told(engine.trigger_run(&ada, &service, &run, o).await))]
            }
            Action::CancelRun => vec![("cancel_run", told(engine.cancel_run(&ada, self.run.id, o).await))],
            _ => vec![
                ("put_cd_config", told(engine.put_cd_config(&ada, &deployment, &rolling(), o).await)),
                ("delete_cd_config", told(engine.delete_cd_config(&ada, &deployment, o).await)),
            ],
        }
    }

    async fn release(&self, world: &World, engine: &Engine, action: Action, o: &Options) -> Asked {
        let (ann, rita, voter) = (world.ann(), world.rita(), world.approver(1));
        let (id, vote) = (self.release.id(), vote_on(&self.release));
        let steer = async |who: &Caller, what: Steer| told(engine.steer(who, id, what, o).await);
        match action {
            Action::CreateRelease => {
                vec![("create_release", told(engine.create_release(&ann, &world.draft("2.0"), o).await))]
            }
            Action::Vote => vec![
                ("approve", told(engine.approve(&voter, id, &vote, o).await)),
                ("reject", told(engine.reject(&voter, id, &vote, o).await)),
            ],
            Action::CancelOwnRelease => vec![("cancel", steer(&ann, Steer::Cancel).await)],
            Action::CancelRelease => vec![("cancel", steer(&rita, Steer::Cancel).await)],
            Action::Pause => vec![("pause", steer(&rita, Steer::Pause).await)],
            Action::Resume => vec![("resume", steer(&rita, Steer::Resume).await)],
            Action::Promote => vec![("promote", steer(&rita, Steer::Promote).await)],
            Action::Abort => vec![("abort", steer(&rita, Steer::Abort { reason: None }).await)],
            Action::Retry => vec![("retry_release", told(engine.retry_release(&ann, id, None, o).await))],
            _ => vec![("rollback_release", told(engine.rollback_release(&rita, id, None, "why", o).await))],
        }
    }

    async fn govern(&self, world: &World, engine: &Engine, action: Action, o: &Options) -> Asked {
        let (ada, rita) = (world.ada(), world.rita());
        match action {
            Action::Freeze => vec![
                ("add_freeze", told(engine.add_freeze(&rita, &freeze(world, 60), o).await)),
                ("lift_freeze", told(engine.lift_freeze(&rita, self.freeze.id, "it is over", o).await)),
            ],
            Action::Lock => vec![
                ("take_lock", told(engine.take_lock(&rita, &lock(world, 60), o).await)),
                ("lift_lock", told(engine.lift_lock(&rita, self.lock.id, "it is over", o).await)),
            ],
            Action::BreakLock => {
                vec![("lift_lock", told(engine.lift_lock(&ada, self.lock.id, "it is over", o).await))]
            }
            Action::PutPolicy => {
                let draft = FloorDraft { minimum_votes: 3 };
                vec![("put_floor", told(engine.put_floor(&ada, Tier::Staging, &draft, o).await))]
            }
            Action::ManageRoles => self.roles(world, engine, o).await,
            Action::ManageSources => self.sources(world, engine, o).await,
            _ => self.tokens(world, engine, o).await,
        }
    }

    async fn roles(&self, world: &World, engine: &Engine, o: &Options) -> Asked {
        let (ada, who) = (world.ada(), world.approver(1).principal);
        let [new, held] = ["admin", "approver"].map(|role| GrantKey::new(who.clone(), role.parse().unwrap()));
        vec![
            ("grant", told(engine.grant(&ada, &new, o).await)),
            ("revoke_grant", told(engine.revoke_grant(&ada, &held, o).await)),
            ("list", engine.list(&ada, &ListQuery::Grants, None, Limit::default()).await.map(drop)),
        ]
    }

    async fn sources(&self, world: &World, engine: &Engine, o: &Options) -> Asked {
        let (ada, id) = (world.ada(), self.source.id);
        let draft = sources::draft("Another name");
        vec![
            ("create_source", told(engine.create_source(&ada, &draft, o).await)),
            ("put_source", told(engine.put_source(&ada, id, &draft, o).await)),
            ("redeliver", told(engine.redeliver(&ada, id, self.delivery, o).await)),
            ("delete_source", told(engine.delete_source(&ada, id, o).await)),
        ]
    }

    async fn tokens(&self, world: &World, engine: &Engine, o: &Options) -> Asked {
        let (ada, draft) = (world.ada(), token_draft(&world.rita(), "release-manager"));
        vec![
            ("create_token", told(engine.create_token(&ada, &draft, o).await)),
            ("revoke_token", told(engine.revoke_token(&ada, self.token.id, o).await)),
            ("list", engine.list(&ada, &ListQuery::Tokens, None, Limit::default()).await.map(drop)),
        ]
    }
}
