-- keeps: rows
DO $$
BEGIN
    IF EXISTS (SELECT FROM cicd_source
        UNION ALL SELECT FROM cicd_source_delivery
        UNION ALL SELECT FROM cicd_delivery_mark) THEN
        RAISE EXCEPTION 'rows would be lost' USING ERRCODE = 'dependent_objects_still_exist';
    END IF;
END
$$;
-- end of guard

-- As step 4 left it: the version that a row has now; NULL for one that is not there.
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
    END CASE;
    RETURN found;
END
$$;

DROP TABLE cicd_delivery_mark;
DROP TABLE cicd_source_delivery;
DROP TABLE cicd_source;
