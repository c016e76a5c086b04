-- oldest: 1
-- Rows: each is its JSON, and the columns that lists ask for are computed from it, so that the two can't come apart.
-- `born` is the sequence of the ledger event that the row came with: lists order by it.

CREATE TABLE cicd_service (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    row_version INTEGER NOT NULL CHECK (row_version >= 1),
    born INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (tenant, id)
) STRICT;

CREATE TABLE cicd_deployment (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    row_version INTEGER NOT NULL CHECK (row_version >= 1),
    born INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    service TEXT NOT NULL AS (body ->> '$.spec.service') VIRTUAL,
    PRIMARY KEY (tenant, id)
) STRICT;

CREATE INDEX cicd_deployment_by_service ON cicd_deployment (tenant, service, id);

CREATE TABLE cicd_ci_config (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    row_version INTEGER NOT NULL CHECK (row_version >= 1),
    born INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (tenant, id)
) STRICT;

CREATE TABLE cicd_cd_config (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    row_version INTEGER NOT NULL CHECK (row_version >= 1),
    born INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (tenant, id)
) STRICT;

CREATE TABLE cicd_ci_run (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    row_version INTEGER NOT NULL CHECK (row_version >= 1),
    born INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    service TEXT NOT NULL AS (body ->> '$.service') VIRTUAL,
    status TEXT NOT NULL AS (body ->> '$.status') VIRTUAL
        CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'timed_out')),
    PRIMARY KEY (tenant, id)
) STRICT;

CREATE INDEX cicd_ci_run_by_birth ON cicd_ci_run (tenant, born, id);
CREATE INDEX cicd_ci_run_by_status ON cicd_ci_run (tenant, status, born, id);
CREATE INDEX cicd_ci_run_by_service ON cicd_ci_run (tenant, service, born, id);
CREATE INDEX cicd_ci_run_by_service_status ON cicd_ci_run (tenant, service, status, born, id);

CREATE TABLE cicd_release (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    row_version INTEGER NOT NULL CHECK (row_version >= 1),
    born INTEGER NOT NULL,
    started INTEGER, -- the sequence of the ledger event that its rollout began with
    body TEXT NOT NULL CHECK (json_valid(body)),
    service TEXT NOT NULL AS (body ->> '$.service') VIRTUAL,
    deployment TEXT NOT NULL AS (body ->> '$.content.deployment') VIRTUAL,
    status TEXT NOT NULL AS (body ->> '$.state.status') VIRTUAL
        CHECK (status IN ('pending_approval', 'approved', 'rejected', 'cancelled', 'executing', 'succeeded', 'failed',
            'rolled_back')),
    PRIMARY KEY (tenant, id)
) STRICT;

-- The slot: at most one release executes on a deployment.
CREATE UNIQUE INDEX cicd_release_slot ON cicd_release (tenant, deployment) WHERE status = 'executing';
CREATE INDEX cicd_release_by_start ON cicd_release (tenant, deployment, started, id)
    WHERE status IN ('executing', 'succeeded', 'failed');
CREATE INDEX cicd_release_by_birth ON cicd_release (tenant, born, id);
CREATE INDEX cicd_release_by_status ON cicd_release (tenant, status, born, id);
CREATE INDEX cicd_release_by_service ON cicd_release (tenant, service, born, id);
CREATE INDEX cicd_release_by_service_status ON cicd_release (tenant, service, status, born, id);
CREATE INDEX cicd_release_by_deployment ON cicd_release (tenant, deployment, born, id);
CREATE INDEX cicd_release_by_deployment_status ON cicd_release (tenant, deployment, status, born, id);

-- Put by whoever lets a release join the queue of a deployment or approves one there.
CREATE TABLE cicd_queue (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    row_version INTEGER NOT NULL CHECK (row_version >= 1),
    born INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (tenant, id)
) STRICT;

CREATE TABLE cicd_ledger_entry (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    row_version INTEGER NOT NULL CHECK (row_version >= 1),
    born INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    deployment TEXT NOT NULL AS (body ->> '$.deployment') VIRTUAL,
    PRIMARY KEY (tenant, id)
) STRICT;

CREATE INDEX cicd_ledger_entry_by_deployment ON cicd_ledger_entry (tenant, deployment, born, id);

CREATE TABLE cicd_policy_floor (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    row_version INTEGER NOT NULL CHECK (row_version >= 1),
    born INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (tenant, id)
) STRICT;

CREATE TABLE cicd_freeze (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    row_version INTEGER NOT NULL CHECK (row_version >= 1),
    born INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    ends_at TEXT NOT NULL AS (body ->> '$.until') VIRTUAL, -- RFC 3339 in UTC with six digits: sorts as time
    PRIMARY KEY (tenant, id)
) STRICT;

CREATE INDEX cicd_freeze_by_end ON cicd_freeze (tenant, ends_at);

CREATE TABLE cicd_lock (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    row_version INTEGER NOT NULL CHECK (row_version >= 1),
    born INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    deployment TEXT NOT NULL AS (body ->> '$.deployment') VIRTUAL,
    ends_at TEXT NOT NULL AS (body ->> '$.expires_at') VIRTUAL,
    PRIMARY KEY (tenant, id)
) STRICT;

CREATE INDEX cicd_lock_by_end ON cicd_lock (tenant, deployment, ends_at);

CREATE TABLE cicd_grant (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    row_version INTEGER NOT NULL CHECK (row_version >= 1),
    born INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (tenant, id)
) STRICT;

CREATE TABLE cicd_token (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    row_version INTEGER NOT NULL CHECK (row_version >= 1),
    born INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    hash TEXT NOT NULL AS (body ->> '$.hash') VIRTUAL,
    PRIMARY KEY (tenant, id)
) STRICT;

CREATE INDEX cicd_token_by_hash ON cicd_token (hash, tenant);

-- Deployments, CI configs and CD configs as each of their revisions left them.
CREATE TABLE cicd_revision (
    tenant TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('deployment', 'ci_config', 'cd_config')),
    id TEXT NOT NULL,
    revision INTEGER NOT NULL CHECK (revision >= 1),
    body TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (tenant, kind, id, revision)
) STRICT;
