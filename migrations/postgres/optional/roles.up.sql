-- Three roles, so that what reads and decides can't alter what was recorded: `cicd_owner` owns everything and logs in only to
-- migrate; `cicd_app` reads, and changes through `cicd_commit` alone; `cicd_worker` also holds leases. A login for `cicd
-- serve` is a member of the last two: `GRANT cicd_app, cicd_worker TO …`.

DO $$
DECLARE
    role text;
    object text;
BEGIN
    FOREACH role IN ARRAY ARRAY['cicd_owner', 'cicd_app', 'cicd_worker'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- it was made in another database of the server meanwhile
            END;
        END IF;
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), role);
    END LOOP;
    EXECUTE format('GRANT CREATE ON SCHEMA %I TO cicd_owner', current_schema());
    IF NOT pg_has_role(current_user, 'cicd_owner', 'USAGE') THEN
        EXECUTE format('GRANT cicd_owner TO %I', current_user);
    END IF;
    FOR object IN
        SELECT oid::regclass::text FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname LIKE 'cicd\_%'
    LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO cicd_owner', object);
        EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', object);
        EXECUTE format('GRANT SELECT ON %s TO cicd_app, cicd_worker', object);
    END LOOP;
    FOR object IN
        SELECT oid::regprocedure::text FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'cicd\_%'
            -- What row-level security adds runs with other rights.
            AND proowner IS DISTINCT FROM (SELECT oid FROM pg_roles WHERE rolname = 'cicd_lookup')
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO cicd_owner', object);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', object);
    END LOOP;
END
$$;

ALTER TYPE cicd_change OWNER TO cicd_owner;
ALTER TYPE cicd_committed OWNER TO cicd_owner;
GRANT EXECUTE ON FUNCTION cicd_now(), cicd_timestamp(bigint), cicd_commit(cicd_change) TO cicd_app, cicd_worker;
-- Whoever calls it writes as its owner, and only what it checked.
ALTER FUNCTION cicd_commit(cicd_change) SECURITY DEFINER;
GRANT INSERT ON cicd_agreement TO cicd_app;
GRANT INSERT, UPDATE (used_at) ON cicd_token_use TO cicd_app;
GRANT UPDATE (due_at, epoch, lease_owner, lease_until) ON cicd_work TO cicd_worker;
