-- One line for each invariant that is broken.

-- One release executes per deployment.
SELECT format('deployment %s of tenant %s: %d releases execute', deployment, tenant, count(*)) AS broken
FROM cicd_release WHERE status = 'executing' GROUP BY tenant, deployment HAVING count(*) > 1

-- A chain counts from 1 without gaps, and its head is its last event.
UNION ALL
SELECT format('%s chain of tenant %s: %d events up to %d, head at %d', event.chain, event.tenant, count(*),
    max(event.seq), coalesce(head.seq, 0))
FROM cicd_audit_event AS event
LEFT JOIN cicd_chain_head AS head ON head.tenant = event.tenant AND head.chain = event.chain
GROUP BY event.tenant, event.chain
HAVING count(*) <> max(event.seq) OR min(event.seq) <> 1 OR coalesce(head.seq, 0) <> max(event.seq)

UNION ALL
SELECT format('%s chain of tenant %s: the head is not its event %d', head.chain, head.tenant, head.seq)
FROM cicd_chain_head AS head
WHERE NOT EXISTS (
    SELECT 1 FROM cicd_audit_event AS event
    WHERE event.tenant = head.tenant AND event.chain = head.chain
      AND event.seq = head.seq AND event.hash = head.hash AND event.at = head.at)

-- Each event names the hash of the one before it and is not older.
UNION ALL
SELECT format('%s chain of tenant %s: event %d does not follow', event.chain, event.tenant, event.seq)
FROM cicd_audit_event AS event
LEFT JOIN cicd_audit_event AS before
    ON before.tenant = event.tenant AND before.chain = event.chain AND before.seq = event.seq - 1
WHERE event.previous <> coalesce(before.hash, zeroblob(32)) OR event.at < coalesce(before.at, 0)

-- The version of a release or a run is the number of its events. Left to itself SQLite looks for them by their kind, which
-- brings the events of every release for each.
UNION ALL
SELECT format('release %s of tenant %s: version %d, %d events', release.id, release.tenant, release.row_version, (
    SELECT count(*) FROM cicd_audit_event AS event INDEXED BY cicd_audit_event_by_release
    WHERE event.tenant = release.tenant AND event.chain = 'ledger' AND event.release = release.id
      AND event.bytes ->> '$.subject.kind' = 'release' AND event.bytes ->> '$.subject.id' = release.id
      AND event.kind GLOB 'release.*'))
FROM cicd_release AS release
WHERE release.row_version <> (
    SELECT count(*) FROM cicd_audit_event AS event INDEXED BY cicd_audit_event_by_release
    WHERE event.tenant = release.tenant AND event.chain = 'ledger' AND event.release = release.id
      AND event.bytes ->> '$.subject.kind' = 'release' AND event.bytes ->> '$.subject.id' = release.id
      AND event.kind GLOB 'release.*')

UNION ALL
SELECT format('ci run %s of tenant %s: version %d, %d events', run.id, run.tenant, run.row_version, (
    SELECT count(*) FROM cicd_audit_event AS event INDEXED BY cicd_audit_event_by_run
    WHERE event.tenant = run.tenant AND event.chain = 'ledger' AND event.run = run.id
      AND event.bytes ->> '$.subject.kind' = 'ci_run' AND event.bytes ->> '$.subject.id' = run.id
      AND event.kind GLOB 'ci_run.*'))
FROM cicd_ci_run AS run
WHERE run.row_version <> (
    SELECT count(*) FROM cicd_audit_event AS event INDEXED BY cicd_audit_event_by_run
    WHERE event.tenant = run.tenant AND event.chain = 'ledger' AND event.run = run.id
      AND event.bytes ->> '$.subject.kind' = 'ci_run' AND event.bytes ->> '$.subject.id' = run.id
      AND event.kind GLOB 'ci_run.*')

-- A column says what its row's JSON says.
UNION ALL
SELECT format('release %s of tenant %s: version %d in the column, %d in the row', id, tenant, row_version,
    body ->> '$.row_version')
FROM cicd_release WHERE row_version <> body ->> '$.row_version' OR (status = 'executing' AND started IS NULL)

-- A release that executes has a lease, work that is due, or a wait that a command ends.
UNION ALL
SELECT format('release %s of tenant %s executes without an owner or a recorded wait', release.id, release.tenant)
FROM cicd_release AS release
LEFT JOIN cicd_work AS work
    ON work.tenant = release.tenant AND work.kind = 'release' AND work.id = release.id
WHERE release.status = 'executing' AND work.lease_until IS NULL AND work.due_at IS NULL
  AND NOT (release.body ->> '$.state.phase.phase' = 'waiting' AND release.body ->> '$.state.phase.until' IS NULL)

-- A run that is not over has a lease or work that is due.
UNION ALL
SELECT format('ci run %s of tenant %s is %s without an owner', run.id, run.tenant, run.status)
FROM cicd_ci_run AS run
LEFT JOIN cicd_work AS work ON work.tenant = run.tenant AND work.kind = 'ci_run' AND work.id = run.id
WHERE run.status IN ('queued', 'running') AND work.lease_until IS NULL AND work.due_at IS NULL

-- The stable ledger holds what succeeded, and calls withdrawn what was rolled back.
UNION ALL
SELECT format('release %s of tenant %s succeeded, but the ledger does not hold it as stable', release.id,
    release.tenant)
FROM cicd_release AS release
LEFT JOIN cicd_ledger_entry AS entry ON entry.tenant = release.tenant AND entry.id = release.id
WHERE release.status = 'succeeded' AND (entry.id IS NULL OR entry.body ->> '$.withdrawn_by' IS NOT NULL)

UNION ALL
SELECT format('ledger entry %s of tenant %s: the release is %s', entry.id, entry.tenant,
    coalesce(release.status, 'absent'))
FROM cicd_ledger_entry AS entry
LEFT JOIN cicd_release AS release ON release.tenant = entry.tenant AND release.id = entry.id
WHERE coalesce(release.status, 'absent') NOT IN ('succeeded', 'rolled_back')
   OR (release.status = 'rolled_back') <> (entry.body ->> '$.withdrawn_by' IS NOT NULL)

-- The latest revision that is kept is the row's own.
UNION ALL
SELECT format('cd config %s of tenant %s: revision %s is not kept', id, tenant, body ->> '$.revision')
FROM cicd_cd_config AS row
WHERE NOT EXISTS (
    SELECT 1 FROM cicd_revision AS kept
    WHERE kept.tenant = row.tenant AND kept.kind = 'cd_config' AND kept.id = row.id
      AND kept.revision = row.body ->> '$.revision')
