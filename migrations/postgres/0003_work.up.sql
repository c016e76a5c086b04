-- oldest: 1
-- What workers claim, what callers may ask for again, and what the hosts agree on.

-- Leases never change state and write no event. Times are microseconds since 1970-01-01T00:00:00Z.
CREATE TABLE cicd_work (
    tenant text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('ci_run', 'release')),
    id text COLLATE "C" NOT NULL,
    committed_due_at bigint, -- when the last commit said
    due_at bigint, -- the same, unless the last holder asked for another time
    epoch bigint NOT NULL DEFAULT 0 CHECK (epoch >= 0),
    lease_owner text,
    lease_until bigint,
    PRIMARY KEY (tenant, kind, id),
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL))
);

CREATE INDEX cicd_work_by_due ON cicd_work (due_at, tenant, kind, id) WHERE due_at IS NOT NULL;

CREATE FUNCTION cicd_work_fences() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the epoch of a lease never goes back' USING ERRCODE = 'integrity_constraint_violation';
END
$$;

-- An epoch that came again would let an executor take an old holder for the new one.
CREATE TRIGGER cicd_work_fences BEFORE UPDATE OF epoch ON cicd_work
    FOR EACH ROW WHEN (NEW.epoch < OLD.epoch) EXECUTE FUNCTION cicd_work_fences();

CREATE TABLE cicd_outcome (
    tenant text COLLATE "C" NOT NULL,
    principal text COLLATE "C" NOT NULL,
    operation text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    at bigint NOT NULL,
    fingerprint text NOT NULL,
    about_kind text NOT NULL,
    about_id text NOT NULL,
    body text NOT NULL, -- the row's JSON as the operation left it
    seq bigint NOT NULL,
    PRIMARY KEY (tenant, principal, operation, key)
);

CREATE INDEX cicd_outcome_by_time ON cicd_outcome (tenant, at);

-- What was proposed first stays. On SQLite one host holds the file and has nobody to agree with.
CREATE TABLE cicd_agreement (
    name text COLLATE "C" PRIMARY KEY,
    value text NOT NULL
);
