-- oldest: 1
-- The two chains of each tenant. The database itself keeps them append-only: an event is accepted only as the next one
-- after the head, and the head moves only because an event was accepted.

CREATE TABLE cicd_chain_head (
    tenant TEXT NOT NULL,
    chain TEXT NOT NULL CHECK (chain IN ('ledger', 'security')),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    at INTEGER NOT NULL CHECK (at >= 0), -- microseconds since 1970-01-01T00:00:00Z
    -- Both stand in the ledger's head, because they change with it.
    governance_epoch INTEGER NOT NULL DEFAULT 0 CHECK (governance_epoch >= 0),
    grants_seq INTEGER NOT NULL DEFAULT 0 CHECK (grants_seq BETWEEN 0 AND seq),
    PRIMARY KEY (tenant, chain)
) STRICT, WITHOUT ROWID;

-- Without a rowid, so that no REPLACE can aim at one.
CREATE TABLE cicd_audit_event (
    tenant TEXT NOT NULL,
    chain TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    bytes TEXT NOT NULL CHECK (json_valid(bytes)), -- what is hashed
    previous BLOB NOT NULL CHECK (length(previous) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    kind TEXT NOT NULL AS (bytes ->> '$.kind') VIRTUAL,
    service TEXT AS (bytes ->> '$.subject.service') VIRTUAL,
    deployment TEXT AS (bytes ->> '$.subject.deployment') VIRTUAL,
    release TEXT AS (bytes ->> '$.subject.release') VIRTUAL,
    run TEXT AS (bytes ->> '$.subject.run') VIRTUAL,
    PRIMARY KEY (tenant, chain, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX cicd_audit_event_by_kind ON cicd_audit_event (tenant, chain, kind, seq);
CREATE INDEX cicd_audit_event_by_service ON cicd_audit_event (tenant, chain, service, seq) WHERE service IS NOT NULL;
CREATE INDEX cicd_audit_event_by_deployment ON cicd_audit_event (tenant, chain, deployment, seq)
    WHERE deployment IS NOT NULL;
CREATE INDEX cicd_audit_event_by_release ON cicd_audit_event (tenant, chain, release, seq) WHERE release IS NOT NULL;
CREATE INDEX cicd_audit_event_by_run ON cicd_audit_event (tenant, chain, run, seq) WHERE run IS NOT NULL;

CREATE TRIGGER cicd_audit_event_follows BEFORE INSERT ON cicd_audit_event
WHEN NOT EXISTS (
    SELECT 1 FROM (
        SELECT seq, hash, at FROM cicd_chain_head WHERE tenant = NEW.tenant AND chain = NEW.chain
        UNION ALL
        SELECT 0, zeroblob(32), 0
        ORDER BY seq DESC LIMIT 1
    ) AS head
    WHERE NEW.seq = head.seq + 1 AND NEW.previous = head.hash AND NEW.at >= head.at
)
BEGIN
    SELECT RAISE(ABORT, 'an audit event follows the head of its chain');
END;

CREATE TRIGGER cicd_audit_event_heads AFTER INSERT ON cicd_audit_event
BEGIN
    INSERT INTO cicd_chain_head (tenant, chain, seq, hash, at)
    VALUES (NEW.tenant, NEW.chain, NEW.seq, NEW.hash, NEW.at)
    ON CONFLICT (tenant, chain) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, at = excluded.at;
END;

CREATE TRIGGER cicd_audit_event_stays BEFORE UPDATE ON cicd_audit_event
BEGIN
    SELECT RAISE(ABORT, 'audit events are never changed');
END;

CREATE TRIGGER cicd_audit_event_remains BEFORE DELETE ON cicd_audit_event
BEGIN
    SELECT RAISE(ABORT, 'audit events are never removed');
END;

CREATE TRIGGER cicd_chain_head_begins BEFORE INSERT ON cicd_chain_head
WHEN NOT EXISTS (
    SELECT 1 FROM cicd_audit_event AS event
    WHERE event.tenant = NEW.tenant AND event.chain = NEW.chain
      AND event.seq = NEW.seq AND event.hash = NEW.hash AND event.at = NEW.at
)
BEGIN
    SELECT RAISE(ABORT, 'a chain begins with its first event');
END;

CREATE TRIGGER cicd_chain_head_advances BEFORE UPDATE ON cicd_chain_head
WHEN NEW.tenant <> OLD.tenant OR NEW.chain <> OLD.chain
  OR NEW.governance_epoch < OLD.governance_epoch OR NEW.grants_seq < OLD.grants_seq
  OR NEW.seq NOT IN (OLD.seq, OLD.seq + 1)
  OR (NEW.seq = OLD.seq AND (NEW.hash <> OLD.hash OR NEW.at <> OLD.at))
  OR NOT EXISTS (
    SELECT 1 FROM cicd_audit_event AS event
    WHERE event.tenant = NEW.tenant AND event.chain = NEW.chain
      AND event.seq = NEW.seq AND event.hash = NEW.hash AND event.at = NEW.at
)
BEGIN
    SELECT RAISE(ABORT, 'the head of a chain only moves on to its next event');
END;

CREATE TRIGGER cicd_chain_head_remains BEFORE DELETE ON cicd_chain_head
BEGIN
    SELECT RAISE(ABORT, 'the head of a chain is never removed');
END;
