-- The teams that deals or owners name; one team "Sales" where none does.
SELECT team AS team_id, team AS name
FROM (
    SELECT team FROM deals
    UNION SELECT team_id FROM reps
    UNION SELECT coalesce(n.name, u.team_id) FROM user_teams AS u
    LEFT JOIN team_names AS n ON n.team_id = u.team_id
    WHERE coalesce(lower(u.is_primary), 'true') IN ('true', '1')
)
WHERE team IS NOT NULL
UNION ALL
SELECT 'Sales', 'Sales'
WHERE (SELECT count(team) FROM deals) + (SELECT count(*) FROM reps)
    + (SELECT count(*) FROM user_teams) = 0
ORDER BY team_id
