-- oldest: 4
-- A commit is one call: it locks the heads of the tenant's chains, checks all that the change relied on, and writes all or
-- nothing. No transaction is open between two round trips, and no two commits of a tenant overlap once they hold the head.
-- `cicd_commit` is what is called; what it calls runs with the search path and the plans that it sets.

-- The time of a commit as rows write it: RFC 3339 in UTC with six digits, at most the end of the year 9999.
CREATE FUNCTION cicd_timestamp(at bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN to_char(timestamp 'epoch' + least(at, 253402300799999999) * interval '1 microsecond',
        'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
END
$$;

-- A row comes with marks where its times go, because they are known only once the head is held: the character with number
-- n stands for the commit's time plus the n-th offset. JSON holds no such character of its own.
CREATE FUNCTION cicd_stamp(body text, at bigint, offsets bigint[]) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    FOR number IN 1..cardinality(offsets) LOOP
        body := replace(body, chr(number), cicd_timestamp(at + offsets[number]));
    END LOOP;
    RETURN body;
END
$$;

-- Locks the head of a chain, and gives an empty one to a tenant that has none.
CREATE FUNCTION cicd_hold(for_tenant text, for_chain text) RETURNS cicd_chain_head
LANGUAGE plpgsql AS $$
DECLARE
    head cicd_chain_head;
BEGIN
    SELECT * INTO head FROM cicd_chain_head WHERE tenant = for_tenant AND chain = for_chain FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        INSERT INTO cicd_chain_head (tenant, chain, seq, hash, at)
        VALUES (for_tenant, for_chain, 0, decode(repeat('00', 32), 'hex'), 0) ON CONFLICT DO NOTHING;
        SELECT * INTO head FROM cicd_chain_head WHERE tenant = for_tenant AND chain = for_chain FOR NO KEY UPDATE;
    END IF;
    RETURN head;
END
$$;

-- The version that a row has now; NULL for one that is not there.
CREATE FUNCTION cicd_version(for_tenant text, kind text, for_id text) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    found bigint;
BEGIN
    -- Spelled out, each is planned once and only the one that is asked for is run.
    CASE kind
        WHEN 'release' THEN
            SELECT row_version INTO found FROM cicd_release WHERE tenant = for_tenant AND id = for_id;
        WHEN 'queue' THEN
            SELECT row_version INTO found FROM cicd_queue WHERE tenant = for_tenant AND id = for_id;
        WHEN 'deployment' THEN
            SELECT row_version INTO found FROM cicd_deployment WHERE tenant = for_tenant AND id = for_id;
        WHEN 'cd_config' THEN
            SELECT row_version INTO found FROM cicd_cd_config WHERE tenant = for_tenant AND id = for_id;
        WHEN 'service' THEN
            SELECT row_version INTO found FROM cicd_service WHERE tenant = for_tenant AND id = for_id;
        WHEN 'ci_config' THEN
            SELECT row_version INTO found FROM cicd_ci_config WHERE tenant = for_tenant AND id = for_id;
        WHEN 'ci_run' THEN
            SELECT row_version INTO found FROM cicd_ci_run WHERE tenant = for_tenant AND id = for_id;
        WHEN 'ledger_entry' THEN
            SELECT row_version INTO found FROM cicd_ledger_entry WHERE tenant = for_tenant AND id = for_id;
        WHEN 'policy_floor' THEN
            SELECT row_version INTO found FROM cicd_policy_floor WHERE tenant = for_tenant AND id = for_id;
        WHEN 'freeze' THEN
            SELECT row_version INTO found FROM cicd_freeze WHERE tenant = for_tenant AND id = for_id;
        WHEN 'lock' THEN
            SELECT row_version INTO found FROM cicd_lock WHERE tenant = for_tenant AND id = for_id;
        WHEN 'grant' THEN
            SELECT row_version INTO found FROM cicd_grant WHERE tenant = for_tenant AND id = for_id;
        WHEN 'token' THEN
            SELECT row_version INTO found FROM cicd_token WHERE tenant = for_tenant AND id = for_id;
    END CASE;
    RETURN found;
END
$$;

-- The first of these rows that has another version than was expected; zero stands for a row that is not there.
CREATE FUNCTION cicd_stale(
    for_tenant text, kinds text[], ids text[], expected bigint[], OUT stale_kind text, OUT stale_id text
) LANGUAGE plpgsql STABLE AS $$
BEGIN
    FOR i IN 1..cardinality(kinds) LOOP
        IF coalesce(cicd_version(for_tenant, kinds[i], ids[i]), 0) <> expected[i] THEN
            stale_kind := kinds[i];
            stale_id := ids[i];
            RETURN;
        END IF;
    END LOOP;
END
$$;

-- Appends events to a chain whose head is held; a trigger moves the head.
CREATE FUNCTION cicd_append(head cicd_chain_head, now bigint, events text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    event text;
    next_hash bytea;
BEGIN
    head.at := greatest(head.at, now);
    FOREACH event IN ARRAY events LOOP
        head.seq := head.seq + 1;
        next_hash := cicd_event_hash(head.tenant, head.chain, head.hash, head.seq, head.at, event);
        INSERT INTO cicd_audit_event (tenant, chain, seq, at, bytes, previous, hash)
        VALUES (head.tenant, head.chain, head.seq, head.at, event, head.hash, next_hash);
        head.hash := next_hash;
    END LOOP;
END
$$;

-- Writes one row: `row_version` is NULL for a row that shall be gone, `expected` is zero for a new one.
CREATE FUNCTION cicd_write(
    for_tenant text, kind text, for_id text, expected bigint, next_version bigint, next_body text, ledger_seq bigint,
    has_started boolean
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    start_seq bigint := CASE WHEN has_started THEN ledger_seq END;
BEGIN
    IF next_version IS NULL THEN
        EXECUTE format('DELETE FROM %I WHERE tenant = $1 AND id = $2', 'cicd_' || kind) USING for_tenant, for_id;
    -- These are written all the time, and a statement that is spelled out is planned once.
    ELSIF kind = 'release' AND expected = 0 THEN
        INSERT INTO cicd_release (tenant, id, row_version, born, started, body)
        VALUES (for_tenant, for_id, next_version, ledger_seq, start_seq, next_body::json);
    ELSIF kind = 'release' THEN
        UPDATE cicd_release
        SET row_version = next_version, body = next_body::json, started = coalesce(started, start_seq)
        WHERE tenant = for_tenant AND id = for_id;
    ELSIF kind = 'queue' AND expected > 0 THEN
        UPDATE cicd_queue SET row_version = next_version, body = next_body::json
        WHERE tenant = for_tenant AND id = for_id;
    ELSIF kind = 'ci_run' AND expected > 0 THEN
        UPDATE cicd_ci_run SET row_version = next_version, body = next_body::json
        WHERE tenant = for_tenant AND id = for_id;
    ELSIF expected = 0 THEN
        EXECUTE format('INSERT INTO %I (tenant, id, row_version, born, body) VALUES ($1, $2, $3, $4, $5::json)',
            'cicd_' || kind) USING for_tenant, for_id, next_version, ledger_seq, next_body;
    ELSE
        EXECUTE format('UPDATE %I SET row_version = $3, body = $4::json WHERE tenant = $1 AND id = $2',
            'cicd_' || kind) USING for_tenant, for_id, next_version, next_body;
    END IF;
END
$$;

-- What came of a commit. `refusal` is NULL when it was carried out, or the first check that failed: `duplicate` with the
-- earlier outcome, `lease_lost`, `governance_moved`, `stale` with the row, `occupied` with the release.
CREATE TYPE cicd_committed AS (
    refusal text, kind text, id text, fingerprint text, body text, at bigint, seq bigint, governance_epoch bigint
);

-- A change. Every array has one member for each row, event or key; rows and keys are in the order of their keys.
CREATE TYPE cicd_change AS (
    tenant text,
    ledger_events text[],
    security_events text[],
    offsets bigint[], -- see cicd_stamp
    checked_kinds text[], -- the rows that are written or were relied on, and their versions
    checked_ids text[],
    checked_versions bigint[],
    kinds text[], -- the rows to write
    ids text[],
    expected bigint[],
    versions bigint[],
    bodies text[],
    revisions integer[], -- for rows of which every revision is kept
    has_started boolean[], -- for releases
    work_due text[], -- for runs and releases: when their work is due, in microseconds or as an offset with a sign
    starting_deployments text[], -- the releases that the change leaves executing, and where
    starting_releases text[],
    governance_epoch bigint, -- NULL when nothing relied on it
    governs boolean,
    lease_kind text, -- NULL when the change is not a holder's
    lease_id text,
    lease_epoch bigint,
    principal text, -- NULL when the operation has no key
    operation text,
    key text,
    fingerprint text,
    about_kind text,
    about_id text
);

-- The first check that fails, in the order that the contract of a store gives; `refusal` is NULL when all hold. The heads
-- are held, so what is found here is still so when the change is committed.
CREATE FUNCTION cicd_check(change cicd_change, epoch bigint, now bigint) RETURNS cicd_committed
LANGUAGE plpgsql AS $$
DECLARE
    answer cicd_committed;
    day_before bigint := now - 86400000000;
BEGIN
    IF change.key IS NOT NULL THEN
        SELECT 'duplicate', about_kind, about_id, fingerprint, outcome.body, outcome.at, outcome.seq INTO answer
        FROM cicd_outcome AS outcome
        WHERE tenant = change.tenant AND principal = change.principal AND operation = change.operation
            AND key = change.key AND outcome.at > day_before;
        IF FOUND THEN RETURN answer; END IF;
    END IF;
    IF change.lease_kind IS NOT NULL THEN
        PERFORM FROM cicd_work
        WHERE tenant = change.tenant AND kind = change.lease_kind AND cicd_work.id = change.lease_id
            AND cicd_work.epoch = change.lease_epoch AND lease_until > now
        FOR NO KEY UPDATE;
        IF NOT FOUND THEN answer.refusal := 'lease_lost'; RETURN answer; END IF;
    END IF;
    IF change.governance_epoch <> epoch THEN
        answer.refusal := 'governance_moved';
        RETURN answer;
    END IF;
    SELECT stale_kind, stale_id INTO answer.kind, answer.id
    FROM cicd_stale(change.tenant, change.checked_kinds, change.checked_ids, change.checked_versions);
    IF answer.kind IS NOT NULL THEN
        answer.refusal := 'stale';
        RETURN answer;
    END IF;
    -- What leaves the slot in this change does not stand in its way.
    SELECT 'occupied', 'release', release.id INTO answer.refusal, answer.kind, answer.id
    FROM cicd_release AS release
    WHERE release.tenant = change.tenant AND release.status = 'executing'
        AND release.deployment = ANY (change.starting_deployments) AND release.id <> ALL (change.ids) LIMIT 1;
    RETURN answer;
END
$$;

-- Writes the rows of a change, keeps their revisions and says when their work is due.
CREATE FUNCTION cicd_write_all(change cicd_change, at bigint, ledger_seq bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    body text;
    due bigint;
BEGIN
    FOR i IN 1..cardinality(change.kinds) LOOP
        body := cicd_stamp(change.bodies[i], at, change.offsets);
        PERFORM cicd_write(change.tenant, change.kinds[i], change.ids[i], change.expected[i], change.versions[i], body,
            ledger_seq, change.has_started[i]);
        IF change.revisions[i] IS NOT NULL THEN
            INSERT INTO cicd_revision AS kept (tenant, kind, id, revision, body)
            VALUES (change.tenant, change.kinds[i], change.ids[i], change.revisions[i], body::json)
            ON CONFLICT (tenant, kind, id, revision) DO UPDATE SET body = excluded.body;
        END IF;
        IF change.kinds[i] IN ('ci_run', 'release') THEN
            due := change.work_due[i]::bigint + CASE WHEN change.work_due[i] ~ '^[+-]' THEN at ELSE 0 END;
            INSERT INTO cicd_work AS work (tenant, kind, id, committed_due_at, due_at)
            VALUES (change.tenant, change.kinds[i], change.ids[i], due, due)
            ON CONFLICT (tenant, kind, id)
                DO UPDATE SET committed_due_at = excluded.committed_due_at, due_at = excluded.due_at;
        END IF;
    END LOOP;
END
$$;

-- Keeps the outcome of the operation, the row that it is about as the change left it, and forgets those of yesterday.
CREATE FUNCTION cicd_keep_outcome(change cicd_change, at bigint, ledger_seq bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    day_before bigint := at - 86400000000;
    left_body text;
BEGIN
    DELETE FROM cicd_outcome WHERE tenant = change.tenant AND cicd_outcome.at <= day_before;
    EXECUTE format('SELECT body::text FROM %I WHERE tenant = $1 AND id = $2', 'cicd_' || change.about_kind)
        INTO left_body USING change.tenant, change.about_id;
    INSERT INTO cicd_outcome (tenant, principal, operation, key, at, fingerprint, about_kind, about_id, body, seq)
    VALUES (change.tenant, change.principal, change.operation, change.key, at, change.fingerprint, change.about_kind,
        change.about_id, coalesce(left_body, 'null'), ledger_seq);
END
$$;

-- Commits a change, or says which check failed and writes nothing.
CREATE FUNCTION cicd_commit(change cicd_change) RETURNS cicd_committed
LANGUAGE plpgsql SET search_path FROM CURRENT SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    ledger cicd_chain_head;
    security cicd_chain_head;
    done cicd_committed;
    now bigint;
    grants boolean := 'grant' = ANY (change.kinds);
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'a commit runs at read committed, not at %', current_setting('transaction_isolation')
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    -- Where row-level security is on, what follows sees this tenant's rows and no others.
    PERFORM set_config('cicd.tenant', change.tenant, true);
    -- Nobody is answered before the change is durable, whatever the session was set to.
    IF current_setting('synchronous_commit') = 'off' THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    -- The heads are the only locks that commits of a tenant wait for, always in this order.
    IF cardinality(change.ledger_events) > 0 THEN
        ledger := cicd_hold(change.tenant, 'ledger');
    ELSE
        SELECT * INTO ledger FROM cicd_chain_head WHERE tenant = change.tenant AND chain = 'ledger';
    END IF;
    IF cardinality(change.security_events) > 0 THEN
        security := cicd_hold(change.tenant, 'security');
    END IF;
    now := cicd_now();
    done := cicd_check(change, coalesce(ledger.governance_epoch, 0), now);
    IF done.refusal IS NOT NULL THEN
        RETURN done;
    END IF;
    done.at := greatest(now, CASE WHEN cardinality(change.ledger_events) > 0 THEN ledger.at ELSE security.at END);
    done.seq := coalesce(ledger.seq, 0) + cardinality(change.ledger_events);
    done.governance_epoch := coalesce(ledger.governance_epoch, 0) + change.governs::int;
    PERFORM cicd_append(ledger, done.at, change.ledger_events);
    PERFORM cicd_append(security, done.at, change.security_events);
    PERFORM cicd_write_all(change, done.at, done.seq);
    IF change.key IS NOT NULL THEN
        PERFORM cicd_keep_outcome(change, done.at, done.seq);
    END IF;
    IF change.governs OR grants THEN
        UPDATE cicd_chain_head
        SET governance_epoch = done.governance_epoch, grants_seq = CASE WHEN grants THEN seq ELSE grants_seq END
        WHERE tenant = change.tenant AND chain = 'ledger';
    END IF;
    RETURN done;
END
$$;
