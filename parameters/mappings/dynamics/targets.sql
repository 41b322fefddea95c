-- Goals of one fiscal quarter. Those without a parent are the targets of the team in their name, or
-- of the only team there is; the others are those of their owners. A goal without an amount is no
-- target and is reported as missing its value. Goals of other periods or metrics are left out.
-- rows: goals
SELECT
    regexp_extract(year, '\d{4}') || '-Q' || regexp_extract(period, '[1-4]') AS quarter,
    CASE WHEN parent IS NULL THEN 'team' ELSE 'rep' END AS scope,
    CASE
        WHEN parent IS NOT NULL THEN owner
        WHEN (SELECT count(team) FROM opportunities) + (SELECT count(*) FROM reps) = 0
            THEN 'Sales Team'
        ELSE trim(regexp_replace(name, '(?i)\s*\b(Q|quarter|quartal)\s*[1-4].*$', ''))
    END AS scope_id,
    'revenue' AS kind,
    target AS value,
    _row
FROM goals
WHERE regexp_full_match(period, '(?i)\s*(Q|quarter|quartal)\s*[1-4]\s*')
    AND coalesce(lower(metric_type), 'amount') IN ('amount', 'betrag', 'money', 'geld')
