-- keeps: rows
CREATE TABLE cicd_down (rows INTEGER NOT NULL CONSTRAINT rows_would_be_lost CHECK (rows = 0));
INSERT INTO cicd_down
    SELECT count(*) FROM cicd_service
    UNION ALL SELECT count(*) FROM cicd_deployment
    UNION ALL SELECT count(*) FROM cicd_ci_config
    UNION ALL SELECT count(*) FROM cicd_cd_config
    UNION ALL SELECT count(*) FROM cicd_ci_run
    UNION ALL SELECT count(*) FROM cicd_release
    UNION ALL SELECT count(*) FROM cicd_queue
    UNION ALL SELECT count(*) FROM cicd_ledger_entry
    UNION ALL SELECT count(*) FROM cicd_policy_floor
    UNION ALL SELECT count(*) FROM cicd_freeze
    UNION ALL SELECT count(*) FROM cicd_lock
    UNION ALL SELECT count(*) FROM cicd_grant
    UNION ALL SELECT count(*) FROM cicd_token
    UNION ALL SELECT count(*) FROM cicd_revision;
DROP TABLE cicd_down;
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
