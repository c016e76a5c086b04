-- keeps: rows
DO $$
BEGIN
    IF EXISTS (SELECT FROM cicd_service
        UNION ALL SELECT FROM cicd_deployment
        UNION ALL SELECT FROM cicd_ci_config
        UNION ALL SELECT FROM cicd_cd_config
        UNION ALL SELECT FROM cicd_ci_run
        UNION ALL SELECT FROM cicd_release
        UNION ALL SELECT FROM cicd_queue
        UNION ALL SELECT FROM cicd_ledger_entry
        UNION ALL SELECT FROM cicd_policy_floor
        UNION ALL SELECT FROM cicd_freeze
        UNION ALL SELECT FROM cicd_lock
        UNION ALL SELECT FROM cicd_grant
        UNION ALL SELECT FROM cicd_token
        UNION ALL SELECT FROM cicd_revision) THEN
        RAISE EXCEPTION 'rows would be lost' USING ERRCODE = 'dependent_objects_still_exist';
    END IF;
END
$$;
-- end of guard

DROP TABLE cicd_revision;
DROP TABLE cicd_token;
DROP TABLE cicd_grant;
DROP TABLE cicd_lock;
DROP TABLE cicd_freeze;
DROP TABLE cicd_policy_floor;
DROP TABLE cicd_ledger_entry;
DROP TABLE cicd_queue;
DROP TABLE cicd_release;
DROP TABLE cicd_ci_run;
DROP TABLE cicd_cd_config;
DROP TABLE cicd_ci_config;
DROP TABLE cicd_deployment;
DROP TABLE cicd_service;
