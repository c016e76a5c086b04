-- keeps: rows
CREATE TABLE cicd_down (rows INTEGER NOT NULL CONSTRAINT rows_would_be_lost CHECK (rows = 0));
INSERT INTO cicd_down SELECT count(*) FROM cicd_token_use;
DROP TABLE cicd_down;
-- end of guard

DROP TABLE cicd_token_use;
