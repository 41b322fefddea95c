-- The teams that deals or people name; one team "Sales Team" where none does.
SELECT team AS team_id, team AS name
FROM (SELECT team FROM opportunities UNION SELECT team_id FROM reps)
WHERE team IS NOT NULL
UNION ALL
SELECT 'Sales Team', 'Sales Team'
WHERE (SELECT count(team) FROM opportunities) + (SELECT count(*) FROM reps) = 0
ORDER BY team_id
