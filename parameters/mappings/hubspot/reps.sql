-- Owners of a property history with their primary team; an export has `reps` or `owners` instead.
-- rows: users
SELECT u.owner_id AS rep_id, coalesce(nullif(concat_ws(' ', u.first_name, u.last_name), ''), u.email) AS name,
    coalesce(n.name, t.team_id) AS team_id, u._row
FROM users AS u
JOIN user_teams AS t ON t.owner_id = u.owner_id
    AND coalesce(lower(t.is_primary), 'true') IN ('true', '1')
LEFT JOIN team_names AS n ON n.team_id = t.team_id
