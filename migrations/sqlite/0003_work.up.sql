-- oldest: 1
-- What workers claim, and what callers may ask for again.

-- Leases never change state and write no event. Times are microseconds since 1970-01-01T00:00:00Z.
CREATE TABLE cicd_work (
    tenant TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('ci_run', 'release')),
    id TEXT NOT NULL,
    committed_due_at INTEGER, -- when the last commit said
    due_at INTEGER, -- the same, unless the last holder asked for another time
    epoch INTEGER NOT NULL DEFAULT 0 CHECK (epoch >= 0),
    lease_owner TEXT,
    lease_until INTEGER,
    PRIMARY KEY (tenant, kind, id),
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX cicd_work_by_due ON cicd_work (due_at, tenant, kind, id) WHERE due_at IS NOT NULL;

-- An epoch that came again would let an executor take an old holder for the new one.
CREATE TRIGGER cicd_work_fences BEFORE UPDATE OF epoch ON cicd_work
WHEN NEW.epoch < OLD.epoch
BEGIN
    SELECT RAISE(ABORT, 'the epoch of a lease never goes back');
END;

CREATE TABLE cicd_outcome (
    tenant TEXT NOT NULL,
    principal TEXT NOT NULL,
    operation TEXT NOT NULL,
    key TEXT NOT NULL,
    at INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (json_valid(outcome)),
    PRIMARY KEY (tenant, principal, operation, key)
) STRICT;

CREATE INDEX cicd_outcome_by_time ON cicd_outcome (tenant, at);
