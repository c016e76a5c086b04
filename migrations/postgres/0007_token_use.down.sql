-- keeps: rows
DO $$
BEGIN
    IF EXISTS (SELECT FROM cicd_token_use) THEN
        RAISE EXCEPTION 'rows would be lost' USING ERRCODE = 'dependent_objects_still_exist';
    END IF;
END
$$;
-- end of guard

DROP TABLE cicd_token_use;
