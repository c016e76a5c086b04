-- On PostgreSQL a commit is a function of the database. Here the one process that holds the file writes, so this step
-- changes nothing; it is there because a number means the same step on both.
SELECT 1;
