-- oldest: 1
-- The two chains of each tenant. The database itself keeps them append-only: an event is accepted only as the next one
-- after the head, and the head moves only because an event was accepted.

CREATE TABLE cicd_chain_head (
    tenant text COLLATE "C" NOT NULL,
    chain text COLLATE "C" NOT NULL CHECK (chain IN ('ledger', 'security')),
    seq bigint NOT NULL CHECK (seq >= 0), -- zero while the first commit of a tenant is under way
    hash bytea NOT NULL CHECK (length(hash) = 32),
    at bigint NOT NULL CHECK (at >= 0), -- microseconds since 1970-01-01T00:00:00Z
    -- Both stand in the ledger's head, because they change with it.
    governance_epoch bigint NOT NULL DEFAULT 0 CHECK (governance_epoch >= 0),
    grants_seq bigint NOT NULL DEFAULT 0 CHECK (grants_seq BETWEEN 0 AND seq),
    PRIMARY KEY (tenant, chain)
) WITH (fillfactor = 50);

CREATE TABLE cicd_audit_event (
    tenant text COLLATE "C" NOT NULL,
    chain text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    at bigint NOT NULL,
    bytes text NOT NULL, -- what is hashed, in UTF-8
    previous bytea NOT NULL CHECK (length(previous) = 32),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    kind text COLLATE "C" NOT NULL GENERATED ALWAYS AS (bytes::json ->> 'kind') STORED,
    service text COLLATE "C" GENERATED ALWAYS AS (bytes::json #>> '{subject,service}') STORED,
    deployment text COLLATE "C" GENERATED ALWAYS AS (bytes::json #>> '{subject,deployment}') STORED,
    release text COLLATE "C" GENERATED ALWAYS AS (bytes::json #>> '{subject,release}') STORED,
    run text COLLATE "C" GENERATED ALWAYS AS (bytes::json #>> '{subject,run}') STORED,
    PRIMARY KEY (tenant, chain, seq)
);

CREATE INDEX cicd_audit_event_by_kind ON cicd_audit_event (tenant, chain, kind, seq);
CREATE INDEX cicd_audit_event_by_service ON cicd_audit_event (tenant, chain, service, seq) WHERE service IS NOT NULL;
CREATE INDEX cicd_audit_event_by_deployment ON cicd_audit_event (tenant, chain, deployment, seq)
    WHERE deployment IS NOT NULL;
CREATE INDEX cicd_audit_event_by_release ON cicd_audit_event (tenant, chain, release, seq) WHERE release IS NOT NULL;
CREATE INDEX cicd_audit_event_by_run ON cicd_audit_event (tenant, chain, run, seq) WHERE run IS NOT NULL;

-- Time is the server's, in microseconds since 1970-01-01T00:00:00Z.
CREATE FUNCTION cicd_now() RETURNS bigint LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;

-- The hash of an event, as docs/AUDIT.md gives it. In PL/pgSQL, as everything that a commit calls: PostgreSQL up to 17 plans
-- the body of an SQL function that it can't inline anew in every statement that calls it.
CREATE FUNCTION cicd_event_hash(tenant text, chain text, previous bytea, seq bigint, at bigint, bytes text)
RETURNS bytea LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN sha256(convert_to('cicd-audit-v1/' || tenant || '/' || chain, 'UTF8') || '\x00'::bytea || previous
        || int8send(seq) || int8send(at) || convert_to(bytes, 'UTF8'));
END
$$;

CREATE FUNCTION cicd_audit_event_follows() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE cicd_chain_head SET seq = NEW.seq, hash = NEW.hash, at = NEW.at
    WHERE tenant = NEW.tenant AND chain = NEW.chain
        AND seq = NEW.seq - 1 AND hash = NEW.previous AND at <= NEW.at;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'an audit event follows the head of its chain' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER cicd_audit_event_follows AFTER INSERT ON cicd_audit_event
    FOR EACH ROW EXECUTE FUNCTION cicd_audit_event_follows();

CREATE FUNCTION cicd_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE TRIGGER cicd_audit_event_stays BEFORE UPDATE OR DELETE ON cicd_audit_event
    FOR EACH ROW EXECUTE FUNCTION cicd_refuse_change();
CREATE TRIGGER cicd_audit_event_remains BEFORE TRUNCATE ON cicd_audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION cicd_refuse_change();

-- A head begins empty, and moves on only to an event that is there.
CREATE FUNCTION cicd_chain_head_advances() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.seq <> 0 OR NEW.at <> 0 OR NEW.hash <> decode(repeat('00', 32), 'hex') OR NEW.governance_epoch <> 0 THEN
            RAISE EXCEPTION 'a chain begins empty' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSIF NEW.tenant <> OLD.tenant OR NEW.chain <> OLD.chain
        OR NEW.governance_epoch < OLD.governance_epoch OR NEW.grants_seq < OLD.grants_seq
        OR NEW.seq NOT IN (OLD.seq, OLD.seq + 1)
        OR (NEW.seq = OLD.seq AND (NEW.hash <> OLD.hash OR NEW.at <> OLD.at))
        OR (NEW.seq > OLD.seq AND NOT EXISTS (
            SELECT 1 FROM cicd_audit_event AS event
            WHERE event.tenant = NEW.tenant AND event.chain = NEW.chain
                AND event.seq = NEW.seq AND event.hash = NEW.hash AND event.at = NEW.at))
    THEN
        RAISE EXCEPTION 'the head of a chain only moves on to its next event'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER cicd_chain_head_advances BEFORE INSERT OR UPDATE ON cicd_chain_head
    FOR EACH ROW EXECUTE FUNCTION cicd_chain_head_advances();
CREATE TRIGGER cicd_chain_head_stays BEFORE DELETE ON cicd_chain_head
    FOR EACH ROW EXECUTE FUNCTION cicd_refuse_change();
CREATE TRIGGER cicd_chain_head_remains BEFORE TRUNCATE ON cicd_chain_head
    FOR EACH STATEMENT EXECUTE FUNCTION cicd_refuse_change();
