-- oldest: 5
-- What lists and timelines are narrowed by.

ALTER TABLE cicd_release
    ADD COLUMN requester text COLLATE "C" GENERATED ALWAYS AS (body ->> 'requester') STORED,
    ADD COLUMN artifact text COLLATE "C" GENERATED ALWAYS AS (body #>> '{content,artifact,digest}') STORED;

CREATE INDEX cicd_release_by_requester ON cicd_release (tenant, requester, born, id);
CREATE INDEX cicd_release_by_artifact ON cicd_release (tenant, artifact, born, id);

ALTER TABLE cicd_ci_run
    ADD COLUMN git_ref text COLLATE "C" GENERATED ALWAYS AS (body #>> '{trigger,git_ref,name}') STORED,
    ADD COLUMN commit_sha text COLLATE "C" GENERATED ALWAYS AS (body #>> '{trigger,commit}') STORED;

CREATE INDEX cicd_ci_run_by_ref ON cicd_ci_run (tenant, git_ref, service, born, id);
CREATE INDEX cicd_ci_run_by_commit ON cicd_ci_run (tenant, commit_sha, born, id);

-- Expressions, not columns: a new column that is computed would write the whole trail anew.
CREATE INDEX cicd_audit_event_by_actor ON cicd_audit_event
    (tenant, chain, coalesce(bytes::json #>> '{actor,id}', bytes::json #>> '{actor,part}') COLLATE "C", seq);
CREATE INDEX cicd_audit_event_by_governance ON cicd_audit_event (tenant, chain, seq)
    WHERE deployment IS NULL AND kind IN ('freeze.added', 'freeze.lifted', 'policy.changed');
