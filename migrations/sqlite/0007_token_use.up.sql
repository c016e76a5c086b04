-- oldest: 5
-- When API tokens were last used. It is no state: no decision reads it, and no event tells of it.

CREATE TABLE cicd_token_use (
    tenant TEXT NOT NULL,
    token TEXT NOT NULL,
    used_at INTEGER NOT NULL, -- microseconds since 1970-01-01T00:00:00Z
    PRIMARY KEY (tenant, token)
) STRICT, WITHOUT ROWID;
