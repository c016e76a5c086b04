-- oldest: 1
-- Rows: each is its JSON, and the columns that lists ask for are computed from it, so that the two can't come apart.
-- `born` is the sequence of the ledger event that the row came with: lists order by it.

CREATE TABLE cicd_service (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    row_version bigint NOT NULL CHECK (row_version >= 1),
    born bigint NOT NULL,
    body json NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE cicd_deployment (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    row_version bigint NOT NULL CHECK (row_version >= 1),
    born bigint NOT NULL,
    body json NOT NULL,
    service text COLLATE "C" NOT NULL GENERATED ALWAYS AS (body #>> '{spec,service}') STORED,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX cicd_deployment_by_service ON cicd_deployment (tenant, service, id);

CREATE TABLE cicd_ci_config (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    row_version bigint NOT NULL CHECK (row_version >= 1),
    born bigint NOT NULL,
    body json NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE cicd_cd_config (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    row_version bigint NOT NULL CHECK (row_version >= 1),
    born bigint NOT NULL,
    body json NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE cicd_ci_run (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    row_version bigint NOT NULL CHECK (row_version >= 1),
    born bigint NOT NULL,
    body json NOT NULL,
    service text COLLATE "C" NOT NULL GENERATED ALWAYS AS (body ->> 'service') STORED,
    status text COLLATE "C" NOT NULL GENERATED ALWAYS AS (body ->> 'status') STORED
        CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'timed_out')),
    PRIMARY KEY (tenant, id)
);

CREATE INDEX cicd_ci_run_by_birth ON cicd_ci_run (tenant, born, id);
CREATE INDEX cicd_ci_run_by_status ON cicd_ci_run (tenant, status, born, id);
CREATE INDEX cicd_ci_run_by_service ON cicd_ci_run (tenant, service, born, id);
CREATE INDEX cicd_ci_run_by_service_status ON cicd_ci_run (tenant, service, status, born, id);

CREATE TABLE cicd_release (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    row_version bigint NOT NULL CHECK (row_version >= 1),
    born bigint NOT NULL,
    started bigint, -- the sequence of the ledger event that its rollout began with
    body json NOT NULL,
    service text COLLATE "C" NOT NULL GENERATED ALWAYS AS (body ->> 'service') STORED,
    deployment text COLLATE "C" NOT NULL GENERATED ALWAYS AS (body #>> '{content,deployment}') STORED,
    status text COLLATE "C" NOT NULL GENERATED ALWAYS AS (body #>> '{state,status}') STORED
        CHECK (status IN ('pending_approval', 'approved', 'rejected', 'cancelled', 'executing', 'succeeded', 'failed',
            'rolled_back')),
    PRIMARY KEY (tenant, id)
);

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
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    row_version bigint NOT NULL CHECK (row_version >= 1),
    born bigint NOT NULL,
    body json NOT NULL,
    PRIMARY KEY (tenant, id)
) WITH (fillfactor = 50);

CREATE TABLE cicd_ledger_entry (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    row_version bigint NOT NULL CHECK (row_version >= 1),
    born bigint NOT NULL,
    body json NOT NULL,
    deployment text COLLATE "C" NOT NULL GENERATED ALWAYS AS (body ->> 'deployment') STORED,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX cicd_ledger_entry_by_deployment ON cicd_ledger_entry (tenant, deployment, born, id);

CREATE TABLE cicd_policy_floor (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    row_version bigint NOT NULL CHECK (row_version >= 1),
    born bigint NOT NULL,
    body json NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE cicd_freeze (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    row_version bigint NOT NULL CHECK (row_version >= 1),
    born bigint NOT NULL,
    body json NOT NULL,
    ends_at text COLLATE "C" NOT NULL GENERATED ALWAYS AS (body ->> 'until') STORED, -- RFC 3339 in UTC with six digits: sorts as time
    PRIMARY KEY (tenant, id)
);

CREATE INDEX cicd_freeze_by_end ON cicd_freeze (tenant, ends_at);

CREATE TABLE cicd_lock (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    row_version bigint NOT NULL CHECK (row_version >= 1),
    born bigint NOT NULL,
    body json NOT NULL,
    deployment text COLLATE "C" NOT NULL GENERATED ALWAYS AS (body ->> 'deployment') STORED,
    ends_at text COLLATE "C" NOT NULL GENERATED ALWAYS AS (body ->> 'expires_at') STORED,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX cicd_lock_by_end ON cicd_lock (tenant, deployment, ends_at);

CREATE TABLE cicd_grant (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    row_version bigint NOT NULL CHECK (row_version >= 1),
    born bigint NOT NULL,
    body json NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE cicd_token (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    row_version bigint NOT NULL CHECK (row_version >= 1),
    born bigint NOT NULL,
    body json NOT NULL,
    hash text COLLATE "C" NOT NULL GENERATED ALWAYS AS (body ->> 'hash') STORED,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX cicd_token_by_hash ON cicd_token (hash, tenant);

-- Deployments, CI configs and CD configs as each of their revisions left them.
CREATE TABLE cicd_revision (
    tenant text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('deployment', 'ci_config', 'cd_config')),
    id text COLLATE "C" NOT NULL,
    revision integer NOT NULL CHECK (revision >= 1),
    body json NOT NULL,
    PRIMARY KEY (tenant, kind, id, revision)
);
