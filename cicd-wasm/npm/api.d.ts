// Made from cicd-http/openapi.json by `npm run types`.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Which votes a release needs before it may start. The requester's own never counts. */
        ApprovalPolicy: {
            /**
             * Format: int64
             * @description How long a release may wait for its votes, in seconds; `null` means `DEFAULT_VOTES_SECONDS`.
             */
            deadline_seconds: number | null;
            /** @description What must be met, all of it; no role twice. Empty: no vote is asked. */
            requirements: components["schemas"]["Requirement"][];
        };
        /** @description So many votes by persons with this role. */
        Requirement: {
            /**
             * Format: int32
             * @description How many persons; a person's vote counts for one requirement only.
             */
            count: number;
            /** @description The role that a voter must hold. */
            role: components["schemas"]["Role"];
        };
        /** @description A role, such as `approver` or one that the host grants. */
        Role: string;
        /** @description Why an occurrence starts no run. The message names what would. */
        BlockReason: {
            /** @enum {string} */
            code: "mode_manual_only";
        } | {
            /** @enum {string} */
            code: "mode_source_event_only";
        } | {
            /** @description The branch. */
            branch: components["schemas"]["RefName"];
            /** @description The branches that are built. */
            branches: components["schemas"]["Glob"][];
            /** @enum {string} */
            code: "branch_not_matched";
            /** @description The tags that are built. */
            tags: components["schemas"]["Glob"][];
        } | {
            /** @description The branches that are built. */
            branches: components["schemas"]["Glob"][];
            /** @enum {string} */
            code: "tag_not_matched";
            /** @description The tag. */
            tag: components["schemas"]["RefName"];
            /** @description The tags that are built. */
            tags: components["schemas"]["Glob"][];
        } | {
            /** @description The branches that are built. */
            branches: components["schemas"]["Glob"][];
            /** @enum {string} */
            code: "ref_not_named";
            /** @description The tags that are built. */
            tags: components["schemas"]["Glob"][];
        } | {
            /** @description How many paths changed. */
            changed: number;
            /** @enum {string} */
            code: "no_path_matched";
            /** @description The paths that are built. */
            paths: components["schemas"]["Glob"][];
        };
        /** @description The name of a branch or tag, without `refs/heads/` or `refs/tags/`, by the rules of `git check-ref-format`, which keep it from being read as an option or an expression. */
        RefName: string;
        /** @description A pattern over names whose segments are parted by `/`: `?` stands for a character, `*` for any of a segment, `**` for any segments. */
        Glob: string;
        /** @description What a deployment's executor can carry out at the deployment's target. The executor says so when the deployment is written; a CD config that asks for more is refused. */
        Capabilities: {
            /** @description Judges a running version: the analysis named `command`. */
            analysis: boolean;
            /** @description Runs a second colour and switches over to it: what blue-green needs. */
            blue_green: boolean;
            /** @description Refuses work that carries a lower epoch than it has seen. */
            fence: boolean;
            /** @description Says how a rollout stands, also one that another host began. */
            status: boolean;
            /** @description Takes an unfinished rollout back. */
            undo: boolean;
            /** @description Splits traffic by weight: what a canary needs. */
            weights: boolean;
        };
        /** @description How releases reach a deployment: kept in revisions, pinned by each release. */
        CdSpec: {
            /** @description Whether a release may name an artifact by digest and origin instead of a CI run. */
            allow_external_artifacts: boolean;
            /** @description The votes that a deploy needs. */
            approval: components["schemas"]["ApprovalPolicy"];
            /**
             * Format: int64
             * @description How long a rollout may take, in seconds, before it is stopped. Timed pauses count, manual ones do not.
             */
            deadline_seconds: number;
            /** @description What becomes of releases that wait for the same deployment. */
            queue: components["schemas"]["QueueRule"];
            /** @description How a rollback is approved. */
            rollback: components["schemas"]["RollbackRule"];
            /** @description How a new version takes the place of the old one. */
            strategy: components["schemas"]["Strategy"];
            /** @description What becomes of a release that has not started when deployment or config change. */
            when_stale: components["schemas"]["StaleRule"];
        };
        /**
         * @description What becomes of approved releases that wait for the same deployment.
         * @enum {string}
         */
        QueueRule: "supersede" | "wait" | "refuse";
        /** @description How a rollback is approved. */
        RollbackRule: {
            /** @description The votes that a rollback needs. Empty, the default: the right to roll back and a reason are enough, because the way back must be fast. The policy floor speaks of deploys and does not apply here. */
            approval: components["schemas"]["Requirement"][];
        };
        /** @description How a new version takes the place of the old one. */
        Strategy: {
            /** @description How many instances may run on top of the wanted number. */
            max_surge: components["schemas"]["Amount"];
            /** @description How many of the wanted instances may be missing. */
            max_unavailable: components["schemas"]["Amount"];
            /** @enum {string} */
            type: "rolling";
        } | {
            /**
             * Format: int64
             * @description How long the old colour is kept after that, in seconds.
             */
            keep_old_seconds: number;
            /** @description When the new colour takes over. */
            promotion: components["schemas"]["Promotion"];
            /** @enum {string} */
            type: "blue-green";
        } | {
            /** @description What happens when a step or its analysis fails. */
            on_failure: components["schemas"]["OnFailure"];
            /** @description The shares, strictly rising; at least one. */
            steps: components["schemas"]["CanaryStep"][];
            /** @enum {string} */
            type: "canary";
        };
        /** @description A number of instances, `2`, or a share of them, `"25%"`. */
        Amount: number | string;
        /** @description When the new colour takes over: `"manual"` or `{"auto": {"delay_seconds": n}}`. */
        Promotion: "manual" | {
            /** @description On its own. */
            auto: {
                /**
                 * Format: int64
                 * @description How long after the new colour is up, in seconds.
                 */
                delay_seconds: number;
            };
        };
        /**
         * @description What happens when a step of a canary or its analysis fails.
         * @enum {string}
         */
        OnFailure: "undo" | "abort" | "pause";
        /** @description One step of a canary: shift, wait, judge. */
        CanaryStep: {
            analysis: components["schemas"]["AnalysisName"] | null;
            pause: components["schemas"]["Pause"] | null;
            /**
             * Format: int32
             * @description The share of the traffic that goes to the new version, in percent: 1 to 100.
             */
            weight: number;
        };
        /** @description The name of an analysis that an executor offers, such as `command`. */
        AnalysisName: string;
        /** @description How long a rollout waits: `"manual"` or `{"seconds": n}`. */
        Pause: "manual" | {
            /**
             * Format: int64
             * @description So many seconds.
             */
            seconds: number;
        };
        /**
         * @description What becomes of a release that has not started when its deployment or CD config gets a newer revision.
         * @enum {string}
         */
        StaleRule: "cancel" | "keep-pinned";
        /** @description How a service is built. Its form on the wire is the form of a draft. */
        CiSpec: {
            /** @description What a run leaves behind. */
            artifact: components["schemas"]["ArtifactTarget"];
            /** @description The branches that source events may build; see `trigger` for what an empty list means. */
            branches: components["schemas"]["Glob"][];
            /** @description The executor that builds. */
            executor: components["schemas"]["ExecutorName"];
            /**
             * Format: int32
             * @description How often a run is attempted when its host dies; from 1 to `MAX_ATTEMPTS`.
             */
            max_attempts: number;
            /** @description The paths of which a source event must change one; empty for any. */
            paths: components["schemas"]["Glob"][];
            /** @description Where the source is. */
            repository: components["schemas"]["Repository"];
            /** @description What a run does, in order; from 1 to `MAX_STEPS`. */
            steps: components["schemas"]["BuildStep"][];
            /** @description The tags that source events may build. */
            tags: components["schemas"]["Glob"][];
            /** @description Who may start a run. */
            trigger_mode: components["schemas"]["TriggerMode"];
        };
        /** @description What a run leaves behind. */
        ArtifactTarget: {
            /** @description The name that people know it by. */
            name: components["schemas"]["ArtifactName"];
            /** @description Where the last step has put it in the workspace. */
            path: components["schemas"]["RelativePath"];
        };
        /** @description The name that people know an artifact by. */
        ArtifactName: string;
        /** @description A path below a workspace, with `/` between its segments: it can't name anything outside by its text alone. (Symbolic links are the executor's to refuse.) */
        RelativePath: string;
        /** @description The name under which the host registered an executor. */
        ExecutorName: string;
        /** @description The URL of a git repository: `https://host/path`, `ssh://user@host/path` or `user@host:path`, without a password. */
        Repository: string;
        /** @description The form of a step on the wire. */
        BuildStep: {
            argv?: string[];
            environment: {
                [key: string]: components["schemas"]["EnvValue"];
            };
            name: components["schemas"]["StepName"];
            shell?: string;
            /** Format: int32 */
            timeout_seconds: number;
            working_directory?: components["schemas"]["RelativePath"];
        };
        /** @description The value of an environment variable: a text, or `{"secret": "name"}`. */
        EnvValue: string | {
            /** @description The name. */
            secret: components["schemas"]["SecretName"];
        };
        /** @description The name under which the host's secrets hold a value. */
        SecretName: string;
        /** @description A step of a build, unique within its CI config. */
        StepName: string;
        /**
         * @description Who may start a run.
         * @enum {string}
         */
        TriggerMode: "manual" | "source-event" | "both";
        /** @description How a service is built. Its form on the wire is the form of a draft. */
        CiSpecDraft: {
            /** @description What a run leaves behind. */
            artifact: components["schemas"]["ArtifactTargetDraft"];
            /**
             * @description The branches that source events may build; see `trigger` for what an empty list means.
             * @default []
             */
            branches: components["schemas"]["Glob"][] | null;
            /** @description The executor that builds. */
            executor: components["schemas"]["ExecutorName"];
            /**
             * Format: int32
             * @description How often a run is attempted when its host dies; from 1 to `MAX_ATTEMPTS`.
             * @default 1
             */
            max_attempts: number | null;
            /**
             * @description The paths of which a source event must change one; empty for any.
             * @default []
             */
            paths: components["schemas"]["Glob"][] | null;
            /** @description Where the source is. */
            repository: components["schemas"]["Repository"];
            /** @description What a run does, in order; from 1 to `MAX_STEPS`. */
            steps: components["schemas"]["BuildStepDraft"][];
            /**
             * @description The tags that source events may build.
             * @default []
             */
            tags: components["schemas"]["Glob"][] | null;
            /** @description Who may start a run. */
            trigger_mode: components["schemas"]["TriggerMode"];
        };
        /** @description What a run leaves behind. */
        ArtifactTargetDraft: {
            /** @description The name that people know it by. */
            name: components["schemas"]["ArtifactName"];
            /** @description Where the last step has put it in the workspace. */
            path: components["schemas"]["RelativePathDraft"];
        };
        /** @description A path below a workspace, with `/` between its segments: it can't name anything outside by its text alone. (Symbolic links are the executor's to refuse.) */
        RelativePathDraft: string;
        /** @description The form of a step on the wire. */
        BuildStepDraft: {
            argv?: string[];
            /** @default {} */
            environment: {
                [key: string]: components["schemas"]["EnvValueDraft"];
            } | null;
            name: components["schemas"]["StepName"];
            shell?: string;
            /**
             * Format: int32
             * @default 3600
             */
            timeout_seconds: number | null;
            working_directory?: components["schemas"]["RelativePathDraft"];
        };
        /** @description The value of an environment variable: a text, or `{"secret": "name"}`. */
        EnvValueDraft: string | {
            /** @description The name. */
            secret: components["schemas"]["SecretName"];
        };
        /** @description Why a release does not start, or that it may. */
        Explanation: {
            /** @description The verdict of each gate, with who or what can open it. */
            gates: components["schemas"]["GateVerdict"][];
            /** @description Whether every gate is open now. */
            open: boolean;
            /** @description The release. */
            release: components["schemas"]["ReleaseId"];
            /** @description Its state. */
            state: string;
        };
        /** @description What one gate says, and who or what can open it. */
        GateVerdict: {
            /** @description Which gate. */
            gate: components["schemas"]["GateKind"];
            /** @description Whether the release may pass. */
            open: boolean;
            /** @description Who can open it: roles, persons or releases by id; empty where nobody need do anything. */
            opened_by: string[];
            opens_at: components["schemas"]["Timestamp"] | null;
            /** @description Why, for people. */
            reason: string;
        };
        /**
         * @description The gates that every release passes.
         * @enum {string}
         */
        GateKind: "votes" | "revision" | "freeze" | "lock" | "hold" | "slot" | "queue";
        /**
         * Format: date-time
         * @description A point in time with microsecond resolution, written as RFC 3339 in UTC.
         */
        Timestamp: string;
        /**
         * Format: uuid
         * @description A release.
         */
        ReleaseId: string;
        /** @description An interval in UTC in which no deploy starts. Rollbacks are not held back. */
        Freeze: {
            /** @description When it was set. */
            created_at: components["schemas"]["Timestamp"];
            /** @description Who set it. */
            created_by: components["schemas"]["PrincipalId"];
            /** @description When it begins. */
            from: components["schemas"]["Timestamp"];
            /** @description Its id. */
            id: components["schemas"]["FreezeId"];
            /** @description Why. */
            reason: string;
            /** @description The version of the row. */
            row_version: components["schemas"]["RowVersion"];
            /** @description What it holds back. */
            scope: components["schemas"]["FreezeScope"];
            /** @description When it ends; this instant is no longer frozen. */
            until: components["schemas"]["Timestamp"];
        };
        /** @description A person or a service account, as the host's identity provider names it. */
        PrincipalId: string;
        /**
         * Format: uuid
         * @description A freeze.
         */
        FreezeId: string;
        /**
         * Format: int64
         * @description Version of a row: it grows by one with every change; zero stands for a row that does not exist yet.
         */
        RowVersion: number;
        /** @description What a freeze holds back. */
        FreezeScope: {
            /** @enum {string} */
            kind: "tenant";
        } | {
            /** @enum {string} */
            kind: "tier";
            /** @description The tier. */
            tier: components["schemas"]["Tier"];
        } | {
            /** @description The deployment. */
            deployment: components["schemas"]["DeploymentId"];
            /** @enum {string} */
            kind: "deployment";
        };
        /**
         * @description How much the environment of a deployment matters: rules such as policy floors and freezes name tiers.
         * @enum {string}
         */
        Tier: "production" | "staging" | "development";
        /** @description Where a service runs; the embedder chooses it. */
        DeploymentId: string;
        /** @description How a commit was named: by a branch, by a tag, or by nothing but its id.  On the wire `{"type": "branch", "name": "main"}`, `{"type": "tag", "name": "v1"}` or `{"type": "commit"}`. */
        GitRef: {
            /** @description The head of a branch. */
            name: components["schemas"]["RefName"];
            /** @enum {string} */
            type: "branch";
        } | {
            /** @description A tag. */
            name: components["schemas"]["RefName"];
            /** @enum {string} */
            type: "tag";
        } | {
            /** @enum {string} */
            type: "commit";
        };
        /** @description Nothing starts on a held deployment, not even a rollback, until the executor answers or a release-manager lifts the hold with a reason. */
        Hold: {
            /** @description Why. */
            reason: components["schemas"]["HoldReason"];
            /** @description The release that left the deployment in doubt. */
            release: components["schemas"]["ReleaseId"];
            /** @description Since when. */
            since: components["schemas"]["Timestamp"];
        };
        /**
         * @description Why a deployment is held.
         * @enum {string}
         */
        HoldReason: "executor_silent" | "rollback_failed" | "undo_failed";
        /** @description A deployment that its owner keeps as it is until the lock is lifted or expires. Rollbacks wait too. */
        Lock: {
            /** @description When it was taken. */
            created_at: components["schemas"]["Timestamp"];
            /** @description What is locked. */
            deployment: components["schemas"]["DeploymentId"];
            /** @description When it ends by itself; this instant is no longer locked. */
            expires_at: components["schemas"]["Timestamp"];
            /** @description Its id. */
            id: components["schemas"]["LockId"];
            /** @description Who holds it. */
            owner: components["schemas"]["PrincipalId"];
            /** @description Why. */
            reason: string;
            /** @description The version of the row. */
            row_version: components["schemas"]["RowVersion"];
        };
        /**
         * Format: uuid
         * @description A lock.
         */
        LockId: string;
        /** @description What a principal may do somewhere, as the authorizer says now. */
        Permissions: {
            /** @description Every action. */
            actions: components["schemas"]["Permission"][];
            /**
             * Format: int64
             * @description The governance epoch under which this holds: a later one may say otherwise.
             */
            governance_epoch: number;
            /** @description Who. */
            principal: components["schemas"]["PrincipalId"];
            /** @description The roles that are held there, also those that the credential shown is not limited to. */
            roles: components["schemas"]["Role"][];
        };
        /** @description Whether one action is allowed. */
        Permission: {
            /** @description The action. */
            action: components["schemas"]["Action"];
            /** @description Whether it is allowed. */
            allowed: boolean;
            /** @description Why not. */
            reason?: string;
        };
        /**
         * @description What a caller asks for.
         * @enum {string}
         */
        Action: "read" | "log.read" | "artifact.read" | "audit.read" | "service.put" | "deployment.put" | "deployment.lift_hold" | "ci_config.put" | "ci_run.trigger" | "ci_run.cancel" | "cd_config.put" | "release.create" | "release.vote" | "release.cancel_own" | "release.cancel" | "release.pause" | "release.resume" | "release.promote" | "release.abort" | "release.retry" | "release.rollback" | "freeze.write" | "lock.write" | "lock.break" | "policy.put" | "role.manage" | "token.manage" | "source.manage";
        /** @description A release as lists and commands answer it. */
        Release: components["schemas"]["ReleaseSpec"] & {
            content_digest: components["schemas"]["Digest"];
            created_at: components["schemas"]["Timestamp"];
            row_version: components["schemas"]["RowVersion"];
            state: components["schemas"]["State"];
            trace?: components["schemas"]["TraceParent"];
            updated_at: components["schemas"]["Timestamp"];
            votes: components["schemas"]["Vote"][];
        };
        /** @description What a release is, fixed when it is created. */
        ReleaseSpec: {
            /** @description What the votes and the start are bound to. */
            content: components["schemas"]["Content"];
            /**
             * Format: int64
             * @description How long the rollout may execute, in seconds; manual pauses don't count.
             */
            deadline_seconds: number;
            /** @description The environment of the deployment. */
            environment: components["schemas"]["Environment"];
            /** @description The executor that carries it out. */
            executor: components["schemas"]["ExecutorName"];
            /** @description Its id. */
            id: components["schemas"]["ReleaseId"];
            /** @description Deploy or rollback. */
            kind: components["schemas"]["ReleaseKind"];
            /** @description What happens to it beside others of its deployment. */
            queue: components["schemas"]["QueueRule"];
            /** @description Why, in the requester's words. */
            reason: string | null;
            /** @description Who asked for it. */
            requester: components["schemas"]["PrincipalId"];
            retry_of: components["schemas"]["ReleaseId"] | null;
            /** @description What ships. */
            service: components["schemas"]["ServiceId"];
            /** @description The executor's parameters. */
            target: Record<string, never>;
            /** @description The tier of the deployment. */
            tier: components["schemas"]["Tier"];
            /** @description A label for people; the artifact's digest is the identity. */
            version: string;
            /** @description What happens to it when its deployment or CD config changes. */
            when_stale: components["schemas"]["StaleRule"];
        };
        /** @description Everything that a vote is about. Fixed at creation, never amended. */
        Content: {
            /** @description Who has to agree. */
            approval: components["schemas"]["ApprovalPolicy"];
            /** @description What is brought. */
            artifact: components["schemas"]["Artifact"];
            /**
             * Format: int32
             * @description The revision of the CD config.
             */
            cd_config_revision: number;
            /** @description Where to. */
            deployment: components["schemas"]["DeploymentId"];
            /**
             * Format: int32
             * @description The revision of the deployment.
             */
            deployment_revision: number;
            /** @description How it rolls out. */
            strategy: components["schemas"]["Strategy"];
        };
        /** @description What is brought to the deployment. */
        Artifact: {
            /** @description Its identity. */
            digest: components["schemas"]["Digest"];
            /** @description Its name. */
            name: string;
            /** @description Where it comes from. */
            origin: components["schemas"]["ArtifactOrigin"];
        };
        /** @description A SHA-256 digest: the identity of an artifact, of a release's content, of an audit event. */
        Digest: string;
        /** @description Where an artifact comes from. */
        ArtifactOrigin: {
            /** @description The commit that it built. */
            commit: string;
            /** @enum {string} */
            kind: "ci-run";
            /** @description The run. */
            run: components["schemas"]["CiRunId"];
        } | {
            /** @enum {string} */
            kind: "external";
            /** @description Where it can be found, in the requester's words. */
            location: string;
        };
        /**
         * Format: uuid
         * @description A CI run.
         */
        CiRunId: string;
        /** @description The environment of a deployment, such as `staging`. */
        Environment: string;
        /** @description Whether a release brings something new or goes back. */
        ReleaseKind: {
            /** @enum {string} */
            type: "deploy";
        } | {
            /** @description The release that is undone. */
            of: components["schemas"]["ReleaseId"];
            /** @description The entry of the stable ledger that is brought back, by the release that made it. */
            target: components["schemas"]["ReleaseId"];
            /** @enum {string} */
            type: "rollback";
            /** @description Everything that the success of this release undoes: `of`, and what a failed rollback before it meant to undo. */
            undoes: components["schemas"]["ReleaseId"][];
        };
        /** @description What is built and shipped; the embedder chooses it. */
        ServiceId: string;
        /** @description The states of a release. */
        State: {
            /** @description When it is cancelled for want of votes. */
            expires_at: components["schemas"]["Timestamp"];
            /** @enum {string} */
            status: "pending_approval";
        } | {
            /** @description When the last vote came. */
            approved_at: components["schemas"]["Timestamp"];
            /** @description When the approval is no longer good. */
            expires_at: components["schemas"]["Timestamp"];
            /** @enum {string} */
            status: "approved";
        } | {
            /** @description When. */
            at: components["schemas"]["Timestamp"];
            /** @description Who. */
            by: components["schemas"]["PrincipalId"];
            /** @enum {string} */
            status: "rejected";
        } | {
            /** @description When. */
            at: components["schemas"]["Timestamp"];
            /** @description Why. */
            reason: components["schemas"]["CancelReason"];
            /** @enum {string} */
            status: "cancelled";
        } | (components["schemas"]["Execution"] & {
            /** @enum {string} */
            status: "executing";
        }) | {
            /** @description When it ended. */
            finished_at: components["schemas"]["Timestamp"];
            /** @description When the rollout began. */
            started_at: components["schemas"]["Timestamp"];
            /** @enum {string} */
            status: "succeeded";
        } | {
            /** @description Why. */
            cause: components["schemas"]["FailureCause"];
            /** @description When it ended. */
            finished_at: components["schemas"]["Timestamp"];
            /**
             * Format: int32
             * @description The index of the step of the strategy's plan at which it stopped; `null` where that was not kept.
             */
            reached: number | null;
            /** @description When the rollout began. */
            started_at: components["schemas"]["Timestamp"];
            /** @enum {string} */
            status: "failed";
        } | {
            /** @description Why. */
            cause: components["schemas"]["RollbackCause"];
            /** @description When it was gone. */
            finished_at: components["schemas"]["Timestamp"];
            /**
             * Format: int32
             * @description The index of the step of the strategy's plan at which it stopped; `null` where it had got to its end, or where that was not kept.
             */
            reached: number | null;
            /** @description When the rollout began. */
            started_at: components["schemas"]["Timestamp"];
            /** @enum {string} */
            status: "rolled_back";
        };
        /** @description Why a release never started. */
        CancelReason: {
            /** @description Who. */
            by: components["schemas"]["PrincipalId"];
            /** @enum {string} */
            code: "withdrawn";
        } | {
            /** @enum {string} */
            code: "expired";
        } | {
            /** @description The newer release. */
            by: components["schemas"]["ReleaseId"];
            /** @enum {string} */
            code: "superseded";
        } | {
            /** @enum {string} */
            code: "stale";
        };
        /** @description A rollout under way. */
        Execution: {
            /** @description The key under which the executor knows this attempt. */
            attempt: components["schemas"]["AttemptId"];
            /** @description When it is aborted. */
            deadline_at: components["schemas"]["Timestamp"];
            /**
             * Format: int64
             * @description The epoch of the last holder: it never decreases, and the executor gets it as its fence.
             */
            epoch: number;
            /** @description What it does now. */
            phase: components["schemas"]["Phase"];
            /**
             * Format: int64
             * @description The number of the last report.
             */
            reports: number;
            /** @description When the rollout began. */
            started_at: components["schemas"]["Timestamp"];
            /**
             * Format: int32
             * @description The index of the next step of the strategy's plan.
             */
            step: number;
            /**
             * Format: int32
             * @description How often another worker had to take over.
             */
            takeovers: number;
        };
        /**
         * Format: uuid
         * @description One attempt to carry out a rollout or a run: executors use it as an idempotency key.
         */
        AttemptId: string;
        /** @description What a rollout does now. */
        Phase: {
            pause_requested: components["schemas"]["PrincipalId"] | null;
            /** @enum {string} */
            phase: "running";
            promote_requested: components["schemas"]["PrincipalId"] | null;
        } | {
            /** @enum {string} */
            phase: "waiting";
            /** @description Why. */
            reason: components["schemas"]["WaitReason"];
            /** @description Since when. */
            since: components["schemas"]["Timestamp"];
            until: components["schemas"]["Timestamp"] | null;
        } | {
            /** @description Why. */
            cause: components["schemas"]["FailureCause"];
            /** @description Whether a worker was carrying out a step when the stop was asked for. */
            held: boolean;
            /** @enum {string} */
            phase: "stopping";
            /**
             * Format: int32
             * @description The index of the step at which the stop was asked for; a wait is a step, too. `null` where that was not kept.
             */
            reached: number | null;
        };
        /** @description Why a rollout waits. */
        WaitReason: {
            /** @enum {string} */
            code: "strategy";
        } | {
            /** @enum {string} */
            code: "inconclusive_analysis";
            /** @description What it said. */
            message: string;
        } | {
            /** @description What failed. */
            cause: components["schemas"]["FailureCause"];
            /** @enum {string} */
            code: "failure";
        } | {
            /** @description Who. */
            by: components["schemas"]["PrincipalId"];
            /** @enum {string} */
            code: "requested";
        } | {
            /** @description Who. */
            by: components["schemas"]["PrincipalId"];
            /** @enum {string} */
            code: "resumed";
        } | {
            /** @enum {string} */
            code: "executor";
        } | {
            /** @enum {string} */
            code: "handed_over";
        };
        /** @description Why a rollout failed. */
        FailureCause: {
            /** @enum {string} */
            code: "step";
            /** @description What the executor said. */
            message: string;
            /** @description The step, such as `apply`. */
            step: string;
        } | {
            /** @enum {string} */
            code: "analysis";
            /** @description What the analysis said. */
            message: string;
        } | {
            /** @description Who. */
            by: components["schemas"]["PrincipalId"];
            /** @enum {string} */
            code: "aborted";
            /** @description Why. */
            reason: string | null;
        } | {
            /** @description The rollback. */
            by: components["schemas"]["ReleaseId"];
            /** @enum {string} */
            code: "rollback_requested";
        } | {
            /** @enum {string} */
            code: "deadline_exceeded";
        } | {
            /** @enum {string} */
            code: "unknown";
        } | {
            /** @enum {string} */
            code: "undo_failed";
            /** @description What the executor said. */
            message: string;
            /** @description Why it was to go back. */
            why: components["schemas"]["FailureCause"];
        } | {
            /** @enum {string} */
            code: "reported";
            /** @description What it said. */
            message: string;
        };
        /** @description Why a release is gone again. */
        RollbackCause: {
            /** @enum {string} */
            code: "went_back";
            /** @description What made it go back. */
            why: components["schemas"]["FailureCause"];
        } | {
            /** @enum {string} */
            code: "undone_by";
            /** @description The rollback. */
            release: components["schemas"]["ReleaseId"];
        };
        /** @description Where a request stands in a trace: the `traceparent` of W3C Trace Context */
        TraceParent: string;
        /** @description A person's decision on one content, cast for one requirement of the approval policy. */
        Vote: {
            /** @description When the vote was recorded. */
            at: components["schemas"]["Timestamp"];
            /** @description Why, in the voter's words. */
            comment: string | null;
            /** @description The digest of the content that the voter saw. */
            content: components["schemas"]["Digest"];
            /** @description What was decided. */
            decision: components["schemas"]["VoteDecision"];
            /** @description Who voted. Persons are counted, not tokens. */
            person: components["schemas"]["PrincipalId"];
            /** @description The requirement that the vote counts for. */
            role: components["schemas"]["Role"];
        };
        /**
         * @description What a person says of a release's content.
         * @enum {string}
         */
        VoteDecision: "approve" | "reject";
        /** @description A release with what a person needs to know next. */
        ReleaseDetail: components["schemas"]["Release"] & {
            allowed_commands: components["schemas"]["CommandName"][];
            outstanding: components["schemas"]["Outstanding"][];
            rollback_candidates: components["schemas"]["ReleaseId"][];
        };
        /**
         * @description The name of a command, as problems and audit events spell it.
         * @enum {string}
         */
        CommandName: "approve" | "reject" | "cancel" | "expire" | "supersede" | "mark_stale" | "start" | "progress" | "wait" | "pause" | "resume" | "promote" | "take_over" | "abort" | "complete" | "report" | "give_up" | "undo";
        /** @description Votes that a requirement still lacks. */
        Outstanding: {
            /**
             * Format: int32
             * @description How many more persons it takes.
             */
            missing: number;
            /** @description The role whose holders may cast them. */
            role: components["schemas"]["Role"];
        };
        /** @description A release as a caller asks for it. */
        ReleaseDraft: {
            /** @description What. */
            artifact: components["schemas"]["ArtifactSource"];
            /** @description Where to. */
            deployment: components["schemas"]["DeploymentId"];
            /** @description Why, at most 2 000 characters. */
            reason?: string | null;
            /** @description A label for people, 1 to 100 characters. */
            version: string;
        };
        /** @description What is to be released. */
        ArtifactSource: {
            /** @description The artifact of a succeeded CI run of the same service. */
            ci_run: components["schemas"]["CiRunId"];
        } | {
            /** @description An artifact that somebody else built, where the CD config allows it. */
            external: {
                /** @description Its SHA-256. */
                digest: components["schemas"]["Digest"];
                /** @description Where it can be found. */
                location: string;
                /** @description Its name. */
                name: string;
            };
        };
        /** @description An event with its place in its chain. */
        StoredAuditEvent: components["schemas"]["AuditEvent"] & {
            at: components["schemas"]["Timestamp"];
            chain: components["schemas"]["Chain"];
            hash: components["schemas"]["Digest"];
            previous: components["schemas"]["Digest"];
            /** Format: int64 */
            seq: number;
        };
        /** @description What happened, who did it and to what. Neither sequence nor time: the store stamps both. */
        AuditEvent: {
            /** @description Who did it. */
            actor: components["schemas"]["Actor"];
            /** @description The facts: the domain event, or `before` and `after` of what was changed. Integers only, no secrets. */
            data: unknown;
            /** @description What happened, such as `release.approved`. */
            kind: string;
            /** @description The request that asked for it. */
            request_id?: string;
            /** @description To what. */
            subject: components["schemas"]["Subject"];
        };
        /** @description Who did what an audit event records. */
        Actor: {
            /** @description Who. */
            id: components["schemas"]["PrincipalId"];
            /** @enum {string} */
            kind: "person";
            /** @description The API token that was shown, if one was. */
            token?: components["schemas"]["TokenId"];
        } | {
            /** @description Which. */
            id: components["schemas"]["PrincipalId"];
            /** @enum {string} */
            kind: "service_account";
            /** @description The API token that was shown, if one was. */
            token?: components["schemas"]["TokenId"];
        } | {
            /** @description Which. */
            id: components["schemas"]["AttemptId"];
            /** @enum {string} */
            kind: "attempt";
        } | {
            /** @description Which. */
            id: components["schemas"]["SourceId"];
            /** @enum {string} */
            kind: "source";
        } | {
            /** @enum {string} */
            kind: "system";
            /** @description Which of its parts. */
            part: components["schemas"]["SystemActor"];
        };
        /**
         * Format: uuid
         * @description An API token.
         */
        TokenId: string;
        /**
         * Format: uuid
         * @description A source of events. It can't be guessed: it is what a sender's address ends with.
         */
        SourceId: string;
        /**
         * @description The parts of the engine that act without a caller. The list is fixed here.
         * @enum {string}
         */
        SystemActor: "worker" | "queue" | "bootstrap" | "retention";
        /** @description What an event is about, and what else it touches, so that lists can filter by it. */
        Subject: {
            /** @description The deployment that it belongs to. */
            deployment?: components["schemas"]["DeploymentId"];
            /** @description Its id. */
            id: string;
            /** @description The kind of thing. */
            kind: components["schemas"]["SubjectKind"];
            /** @description The release that it belongs to. */
            release?: components["schemas"]["ReleaseId"];
            /** @description The CI run that it belongs to. */
            run?: components["schemas"]["CiRunId"];
            /** @description The service that it belongs to. */
            service?: components["schemas"]["ServiceId"];
        };
        /**
         * @description The kind of thing that an event is about.
         * @enum {string}
         */
        SubjectKind: "tenant" | "service" | "deployment" | "ci_config" | "cd_config" | "ci_run" | "release" | "ledger_entry" | "policy_floor" | "freeze" | "lock" | "grant" | "token" | "source";
        /**
         * @description The two chains of a tenant.
         * @enum {string}
         */
        Chain: "ledger" | "security";
        /** @description One line of a timeline. It links its audit event by sequence: `GET /audit-events/{seq}`. */
        TimelineEntry: {
            /** @description Who did it. */
            actor: components["schemas"]["Actor"];
            /** @description When it happened. */
            at: components["schemas"]["Timestamp"];
            caused_by: components["schemas"]["ReleaseId"] | null;
            deployment: components["schemas"]["DeploymentId"] | null;
            /** @description What happened, such as `release.approved`. */
            kind: string;
            release: components["schemas"]["ReleaseId"] | null;
            run: components["schemas"]["CiRunId"] | null;
            /**
             * Format: int64
             * @description The sequence of its audit event in the tenant's ledger.
             */
            seq: number;
            service: components["schemas"]["ServiceId"] | null;
            /** @description What happened, in a sentence. */
            summary: string;
        };
        /**
         * @description Who started a run. By the API it is always `manual`.
         * @enum {string}
         */
        TriggerType: "manual" | "source-event";
        /** @description One thing that is wrong with a draft. */
        Violation: {
            /** @description What, as a stable code that programs may match. */
            code: string;
            /** @description What, for people, with what would be accepted. */
            message: string;
            /** @description Where: a JSON Pointer (RFC 6901) into the draft; empty for the whole draft. */
            path: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
