DROP INDEX cicd_audit_event_by_governance;
DROP INDEX cicd_audit_event_by_actor;
ALTER TABLE cicd_ci_run DROP COLUMN git_ref, DROP COLUMN commit_sha;
ALTER TABLE cicd_release DROP COLUMN requester, DROP COLUMN artifact;
