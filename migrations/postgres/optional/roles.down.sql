-- Gives everything back to whoever runs this. The roles themselves stay: other databases of the server may use them.

DO $$
BEGIN
    IF EXISTS (
        SELECT FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname LIKE 'cicd\_%' AND relrowsecurity
    ) THEN
        RAISE EXCEPTION 'row-level security relies on the roles: turn it off first' USING ERRCODE = 'object_in_use';
    END IF;
END
$$;

ALTER FUNCTION cicd_commit(cicd_change) SECURITY INVOKER;

DO $$
DECLARE
    object text;
BEGIN
    FOR object IN
        SELECT oid::regclass::text FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname LIKE 'cicd\_%'
    LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO CURRENT_USER', object);
        EXECUTE format('REVOKE ALL ON %s FROM cicd_app, cicd_worker', object);
    END LOOP;
    FOR object IN
        SELECT oid::regprocedure::text FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'cicd\_%'
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO CURRENT_USER', object);
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM cicd_app, cicd_worker', object);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', object);
    END LOOP;
    EXECUTE format('REVOKE ALL ON SCHEMA %I FROM cicd_owner, cicd_app, cicd_worker', current_schema());
END
$$;

ALTER TYPE cicd_change OWNER TO CURRENT_USER;
ALTER TYPE cicd_committed OWNER TO CURRENT_USER;
