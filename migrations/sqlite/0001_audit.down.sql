-- keeps: audit events
CREATE TABLE cicd_down (events INTEGER NOT NULL CONSTRAINT audit_events_would_be_lost CHECK (events = 0));
INSERT INTO cicd_down SELECT count(*) FROM cicd_audit_event;
DROP TABLE cicd_down;
-- end of guard

DROP TABLE cicd_audit_event;
DROP TABLE cicd_chain_head;
