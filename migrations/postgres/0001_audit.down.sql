-- keeps: audit events
DO $$
BEGIN
    IF EXISTS (SELECT FROM cicd_audit_event) THEN
        RAISE EXCEPTION 'audit events would be lost' USING ERRCODE = 'dependent_objects_still_exist';
    END IF;
END
$$;
-- end of guard

DROP TABLE cicd_audit_event;
DROP TABLE cicd_chain_head;
DROP FUNCTION cicd_audit_event_follows();
DROP FUNCTION cicd_chain_head_advances();
DROP FUNCTION cicd_refuse_change();
DROP FUNCTION cicd_event_hash(text, text, bytea, bigint, bigint, text);
DROP FUNCTION cicd_now();
