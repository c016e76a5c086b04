-- Every object of ours in the current schema, and its definition without the schema's name. It is asked by a session whose
-- search path is that schema and `pg_temp`, so that what the server writes out names our objects as the migrations do.
WITH place AS (
    SELECT quote_ident(current_schema())::regnamespace::oid AS oid,
        'search_path=' || quote_ident(current_schema()) || ', pg_temp' AS search_path
), relation AS (
    SELECT class.* FROM pg_class AS class JOIN place ON class.relnamespace = place.oid
    WHERE class.relname LIKE 'cicd\_%' AND class.relkind IN ('r', 'p', 'v', 'm', 'f')
)
SELECT format('table `%s`', relname) AS object, concat_ws(' ', relkind, relpersistence, reloptions::text,
    CASE WHEN relrowsecurity THEN 'row security' END, CASE WHEN relforcerowsecurity THEN 'forced' END,
    CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid, true) END) AS definition
FROM relation
UNION ALL
SELECT format('column `%s.%s`', relation.relname, attribute.attname), concat_ws(' ',
    format_type(attribute.atttypid, attribute.atttypmod),
    CASE WHEN attribute.attcollation <> type.typcollation THEN 'COLLATE ' || quote_ident(coll.collname) END,
    CASE WHEN attribute.attnotnull THEN 'NOT NULL' END,
    CASE attribute.attidentity WHEN 'a' THEN 'IDENTITY ALWAYS' WHEN 'd' THEN 'IDENTITY BY DEFAULT' END,
    CASE attribute.attgenerated WHEN '' THEN 'DEFAULT ' || pg_get_expr(initial.adbin, initial.adrelid, true)
        ELSE attribute.attgenerated::text || ' GENERATED ' || pg_get_expr(initial.adbin, initial.adrelid, true) END)
FROM relation
JOIN pg_attribute AS attribute ON attribute.attrelid = relation.oid AND attribute.attnum > 0 AND NOT attribute.attisdropped
JOIN pg_type AS type ON type.oid = attribute.atttypid
LEFT JOIN pg_collation AS coll ON coll.oid = attribute.attcollation
LEFT JOIN pg_attrdef AS initial ON initial.adrelid = relation.oid AND initial.adnum = attribute.attnum
UNION ALL
-- What PostgreSQL 18 keeps for NOT NULL is told with the column.
SELECT format('constraint `%s` of `%s`', constraint_.conname, relation.relname), pg_get_constraintdef(constraint_.oid, true)
FROM relation JOIN pg_constraint AS constraint_ ON constraint_.conrelid = relation.oid AND constraint_.contype <> 'n'
UNION ALL
SELECT format('index `%s`', class.relname), concat_ws(' ', pg_get_indexdef(index.indexrelid, 0, true),
    CASE WHEN NOT index.indisvalid THEN 'invalid' END)
FROM relation JOIN pg_index AS index ON index.indrelid = relation.oid JOIN pg_class AS class ON class.oid = index.indexrelid
UNION ALL
SELECT format('trigger `%s` of `%s`', trigger.tgname, relation.relname), concat_ws(' ', pg_get_triggerdef(trigger.oid, true),
    CASE trigger.tgenabled WHEN 'O' THEN NULL WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' ELSE 'always' END)
FROM relation JOIN pg_trigger AS trigger ON trigger.tgrelid = relation.oid AND NOT trigger.tgisinternal
UNION ALL
SELECT format('rule `%s` of `%s`', rule.rulename, relation.relname), pg_get_ruledef(rule.oid, true)
FROM relation JOIN pg_rewrite AS rule ON rule.ev_class = relation.oid AND rule.rulename <> '_RETURN'
UNION ALL
SELECT format('policy `%s` of `%s`', policy.polname, relation.relname), concat_ws(' ', policy.polcmd, policy.polpermissive::text,
    (SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE role::regrole::text END, ',' ORDER BY role::regrole::text)
        FROM unnest(policy.polroles) AS role),
    'USING ' || pg_get_expr(policy.polqual, policy.polrelid, true),
    'CHECK ' || pg_get_expr(policy.polwithcheck, policy.polrelid, true))
FROM relation JOIN pg_policy AS policy ON policy.polrelid = relation.oid
UNION ALL
SELECT format('function `%s(%s)`', function.proname, pg_get_function_identity_arguments(function.oid)), concat_ws(' ',
    function.prokind, language.lanname, function.provolatile, function.proparallel,
    CASE WHEN function.proisstrict THEN 'STRICT' END,
    -- Where the optional roles were made, this one runs as its owner: a right, like the rest of them.
    CASE WHEN function.prosecdef AND (function.proname, pg_get_userbyid(function.proowner)) <> ('cicd_commit', 'cicd_owner')
        THEN 'SECURITY DEFINER' END,
    CASE WHEN function.proleakproof THEN 'LEAKPROOF' END, '(' || pg_get_function_arguments(function.oid) || ')',
    'RETURNS ' || pg_get_function_result(function.oid),
    (SELECT string_agg(CASE setting WHEN place.search_path THEN 'search_path=own' ELSE setting END, ' ' ORDER BY setting)
        FROM unnest(function.proconfig) AS setting),
    coalesce(pg_get_function_sqlbody(function.oid), function.prosrc))
FROM place JOIN pg_proc AS function ON function.pronamespace = place.oid AND function.proname LIKE 'cicd\_%'
JOIN pg_language AS language ON language.oid = function.prolang
UNION ALL
SELECT format('type `%s`', type.typname), concat_ws(' ', type.typtype,
    (SELECT string_agg(attribute.attname || ' ' || format_type(attribute.atttypid, attribute.atttypmod), ', '
        ORDER BY attribute.attnum)
        FROM pg_attribute AS attribute WHERE attribute.attrelid = class.oid AND NOT attribute.attisdropped),
    (SELECT string_agg(quote_literal(label.enumlabel), ', ' ORDER BY label.enumsortorder)
        FROM pg_enum AS label WHERE label.enumtypid = type.oid),
    CASE WHEN type.typtype = 'd' THEN format_type(type.typbasetype, type.typtypmod) END)
FROM place JOIN pg_type AS type ON type.typnamespace = place.oid AND type.typname LIKE 'cicd\_%'
LEFT JOIN pg_class AS class ON class.oid = type.typrelid
WHERE type.typtype IN ('e', 'd', 'r') OR (type.typtype = 'c' AND class.relkind = 'c')
