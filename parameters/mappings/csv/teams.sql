-- The teams that deals or people name; one team "Sales" where none does.
SELECT team AS team_id, team AS name
FROM (SELECT team FROM deals UNION SELECT team_id FROM reps)
WHERE team IS NOT NULL
UNION ALL
SELECT 'Sales', 'Sales' WHERE (SELECT count(team) FROM deals) + (SELECT count(*) FROM reps) = 0
ORDER BY team_id
