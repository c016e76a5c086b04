-- Every session sees the rows of all tenants again, as far as its role may read at all. The roles stay as they are.

DO $$
DECLARE
    object text;
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'cicd_lookup') THEN
        IF NOT pg_has_role(current_user, 'cicd_lookup', 'USAGE') THEN
            EXECUTE format('GRANT cicd_lookup TO %I', current_user);
        END IF;
        REVOKE SELECT (tenant) ON cicd_audit_event FROM cicd_lookup;
        REVOKE SELECT (tenant, seq) ON cicd_chain_head FROM cicd_lookup;
        REVOKE SELECT (tenant, hash, body) ON cicd_token FROM cicd_lookup;
    END IF;
    FOR object IN
        SELECT class.oid::regclass::text FROM pg_class AS class
        JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid AND attribute.attname = 'tenant'
        WHERE class.relnamespace = current_schema()::regnamespace AND class.relkind = 'r' AND class.relname LIKE 'cicd\_%'
        ORDER BY class.relname COLLATE "C"
    LOOP
        EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', object);
        EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', object);
        EXECUTE format('DROP POLICY IF EXISTS cicd_tenant ON %s', object);
    END LOOP;
END
$$;

DROP POLICY IF EXISTS cicd_claim ON cicd_work;
DROP POLICY IF EXISTS cicd_hold ON cicd_work;
DROP POLICY IF EXISTS cicd_lookup ON cicd_audit_event;
DROP POLICY IF EXISTS cicd_lookup ON cicd_chain_head;
DROP POLICY IF EXISTS cicd_lookup ON cicd_token;
DROP FUNCTION IF EXISTS cicd_tenants();
DROP FUNCTION IF EXISTS cicd_token_of(text);
ALTER FUNCTION cicd_commit(cicd_change) RESET row_security;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'cicd_lookup')
        AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
    THEN
        EXECUTE format('REVOKE cicd_lookup FROM %I', current_user);
    END IF;
END
$$;
