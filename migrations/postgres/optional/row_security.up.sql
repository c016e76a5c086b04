-- Row-level security: a session sees and writes the rows of the tenant that `cicd.tenant` names, and none while it names
-- nobody. Every statement of the store filters by tenant anyway; with this a statement that forgot to would find nothing
-- foreign. It is forced, because a commit runs as the tables' owner. The roles come first: roles.up.sql.
--
-- It holds against mistakes, not against whoever writes SQL with a host's rights: that session can name any tenant.

-- What must be found before a tenant is known is found by two functions. They run as `cicd_lookup`, which nobody is a member
-- of, and which reads no other columns than these two need.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cicd_lookup') THEN
        BEGIN
            CREATE ROLE cicd_lookup NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- it was made in another database of the server meanwhile
        END;
    END IF;
    IF NOT pg_has_role(current_user, 'cicd_lookup', 'USAGE') THEN
        EXECUTE format('GRANT cicd_lookup TO %I', current_user);
    END IF;
    EXECUTE format('GRANT CREATE ON SCHEMA %I TO cicd_lookup', current_schema());
END
$$;

DO $$
DECLARE
    object text;
BEGIN
    FOR object IN
        SELECT class.oid::regclass::text FROM pg_class AS class
        JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid AND attribute.attname = 'tenant'
        WHERE class.relnamespace = current_schema()::regnamespace AND class.relkind = 'r' AND class.relname LIKE 'cicd\_%'
        ORDER BY class.relname COLLATE "C"
    LOOP
        EXECUTE format('DROP POLICY IF EXISTS cicd_tenant ON %s', object);
        -- A setting that was local to a transaction is empty after it.
        EXECUTE format('CREATE POLICY cicd_tenant ON %s USING (tenant = nullif(current_setting(''cicd.tenant'', true), ''''))',
            object);
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', object);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', object);
    END LOOP;
END
$$;

-- Workers claim what is due, whoever's it is. The table says no more than that something is due.
DROP POLICY IF EXISTS cicd_claim ON cicd_work;
DROP POLICY IF EXISTS cicd_hold ON cicd_work;
CREATE POLICY cicd_claim ON cicd_work FOR SELECT TO cicd_worker USING (true);
CREATE POLICY cicd_hold ON cicd_work FOR UPDATE TO cicd_worker USING (true);

-- Each tenant with an event, or with a head that says so.
CREATE OR REPLACE FUNCTION cicd_tenants() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT SET row_security = on
BEGIN ATOMIC
    WITH RECURSIVE found (tenant) AS (
        SELECT min(tenant) FROM cicd_audit_event
        UNION ALL
        SELECT (SELECT min(tenant) FROM cicd_audit_event WHERE tenant > found.tenant)
        FROM found WHERE found.tenant IS NOT NULL
    )
    SELECT tenant FROM found WHERE tenant IS NOT NULL
    UNION SELECT tenant FROM cicd_chain_head WHERE seq > 0 ORDER BY tenant;
END;

-- The token with a hash, and whose it is: for who shows the token.
CREATE OR REPLACE FUNCTION cicd_token_of(token_hash text, OUT tenant text, OUT body json) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT SET row_security = on
BEGIN ATOMIC
    SELECT token.tenant, token.body FROM cicd_token AS token WHERE token.hash = token_hash ORDER BY token.tenant LIMIT 1;
END;

ALTER FUNCTION cicd_tenants() OWNER TO cicd_lookup;
ALTER FUNCTION cicd_token_of(text) OWNER TO cicd_lookup;
REVOKE EXECUTE ON FUNCTION cicd_tenants(), cicd_token_of(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cicd_tenants(), cicd_token_of(text) TO cicd_owner, cicd_app, cicd_worker;
GRANT SELECT (tenant) ON cicd_audit_event TO cicd_lookup;
GRANT SELECT (tenant, seq) ON cicd_chain_head TO cicd_lookup;
GRANT SELECT (tenant, hash, body) ON cicd_token TO cicd_lookup;
DROP POLICY IF EXISTS cicd_lookup ON cicd_audit_event;
DROP POLICY IF EXISTS cicd_lookup ON cicd_chain_head;
DROP POLICY IF EXISTS cicd_lookup ON cicd_token;
CREATE POLICY cicd_lookup ON cicd_audit_event FOR SELECT TO cicd_lookup USING (true);
CREATE POLICY cicd_lookup ON cicd_chain_head FOR SELECT TO cicd_lookup USING (true);
CREATE POLICY cicd_lookup ON cicd_token FOR SELECT TO cicd_lookup USING (true);

-- A commit sets the tenant itself. A session that would rather fail than be shown less (`row_security = off`) commits too.
ALTER FUNCTION cicd_commit(cicd_change) SET row_security = on;

DO $$
BEGIN
    EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM cicd_lookup', current_schema());
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('REVOKE cicd_lookup FROM %I', current_user);
    END IF;
END
$$;
