-- keeps: rows
-- Epochs too: an executor that has seen a higher one would refuse every later holder.
DO $$
BEGIN
    IF EXISTS (SELECT FROM cicd_work) OR EXISTS (SELECT FROM cicd_agreement) THEN
        RAISE EXCEPTION 'work would be lost' USING ERRCODE = 'dependent_objects_still_exist';
    END IF;
END
$$;
-- end of guard

DROP TABLE cicd_agreement;
DROP TABLE cicd_outcome;
DROP TABLE cicd_work;
DROP FUNCTION cicd_work_fences();
