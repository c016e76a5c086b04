-- oldest: 5
-- Sources of events, what they delivered, and by which ids and bodies a delivery is known again.

CREATE TABLE cicd_source (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    row_version bigint NOT NULL CHECK (row_version >= 1),
    born bigint NOT NULL,
    body json NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE cicd_source_delivery (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    row_version bigint NOT NULL CHECK (row_version >= 1),
    born bigint NOT NULL,
    body json NOT NULL,
    source text COLLATE "C" NOT NULL GENERATED ALWAYS AS (body ->> 'source') STORED,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX cicd_source_delivery_by_source ON cicd_source_delivery (tenant, source, born, id);

CREATE TABLE cicd_delivery_mark (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    row_version bigint NOT NULL CHECK (row_version >= 1),
    born bigint NOT NULL,
    body json NOT NULL,
    PRIMARY KEY (tenant, id)
);

-- The version that a row has now; NULL for one that is not there.
CREATE OR REPLACE FUNCTION cicd_version(for_tenant text, kind text, for_id text) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
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
        WHEN 'source' THEN
            SELECT row_version INTO found FROM cicd_source WHERE tenant = for_tenant AND id = for_id;
        WHEN 'source_delivery' THEN
            SELECT row_version INTO found FROM cicd_source_delivery WHERE tenant = for_tenant AND id = for_id;
        WHEN 'delivery_mark' THEN
            SELECT row_version INTO found FROM cicd_delivery_mark WHERE tenant = for_tenant AND id = for_id;
    END CASE;
    RETURN found;
END
$$;
