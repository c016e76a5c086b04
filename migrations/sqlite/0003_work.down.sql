-- keeps: rows
-- Epochs too: an executor that has seen a higher one would refuse every later holder.
CREATE TABLE cicd_down (work INTEGER NOT NULL CONSTRAINT work_would_be_lost CHECK (work = 0));
INSERT INTO cicd_down SELECT count(*) FROM cicd_work;
DROP TABLE cicd_down;
-- end of guard

DROP TABLE cicd_outcome;
DROP TABLE cicd_work;
