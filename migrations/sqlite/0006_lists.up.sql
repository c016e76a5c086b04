-- oldest: 5
-- What lists and timelines are narrowed by.

ALTER TABLE cicd_release ADD COLUMN requester TEXT AS (body ->> '$.requester') VIRTUAL;
ALTER TABLE cicd_release ADD COLUMN artifact TEXT AS (body ->> '$.content.artifact.digest') VIRTUAL;

CREATE INDEX cicd_release_by_requester ON cicd_release (tenant, requester, born, id);
CREATE INDEX cicd_release_by_artifact ON cicd_release (tenant, artifact, born, id);

ALTER TABLE cicd_ci_run ADD COLUMN git_ref TEXT AS (body ->> '$.trigger.git_ref.name') VIRTUAL;
ALTER TABLE cicd_ci_run ADD COLUMN commit_sha TEXT AS (body ->> '$.trigger.commit') VIRTUAL;

CREATE INDEX cicd_ci_run_by_ref ON cicd_ci_run (tenant, git_ref, service, born, id);
CREATE INDEX cicd_ci_run_by_commit ON cicd_ci_run (tenant, commit_sha, born, id);

CREATE INDEX cicd_audit_event_by_actor ON cicd_audit_event
    (tenant, chain, coalesce(bytes ->> '$.actor.id', bytes ->> '$.actor.part'), seq);
CREATE INDEX cicd_audit_event_by_governance ON cicd_audit_event (tenant, chain, seq)
    WHERE deployment IS NULL AND kind IN ('freeze.added', 'freeze.lifted', 'policy.changed');
