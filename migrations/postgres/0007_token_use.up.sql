-- oldest: 5
-- When API tokens were last used. It is no state: no decision reads it, and no event tells of it.

CREATE TABLE cicd_token_use (
    tenant text COLLATE "C" NOT NULL,
    token text COLLATE "C" NOT NULL,
    used_at bigint NOT NULL, -- microseconds since 1970-01-01T00:00:00Z
    PRIMARY KEY (tenant, token)
);
