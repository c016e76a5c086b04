-- oldest: 5
-- Sources of events, what they delivered, and by which ids and bodies a delivery is known again.

CREATE TABLE cicd_source (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    row_version INTEGER NOT NULL CHECK (row_version >= 1),
    born INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (tenant, id)
) STRICT;

CREATE TABLE cicd_source_delivery (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    row_version INTEGER NOT NULL CHECK (row_version >= 1),
    born INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    source TEXT NOT NULL AS (body ->> '$.source') VIRTUAL,
    PRIMARY KEY (tenant, id)
) STRICT;

CREATE INDEX cicd_source_delivery_by_source ON cicd_source_delivery (tenant, source, born, id);

CREATE TABLE cicd_delivery_mark (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    row_version INTEGER NOT NULL CHECK (row_version >= 1),
    born INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (tenant, id)
) STRICT;
