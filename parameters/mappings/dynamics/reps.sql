-- Users, with the team their list names, else the only team there is.
-- rows: users
SELECT "user" AS rep_id, "user" AS name, coalesce(team, 'Sales Team') AS team_id, title AS role,
    manager AS manager_id, _row
FROM users
WHERE team IS NOT NULL OR (SELECT count(team) FROM opportunities) = 0
