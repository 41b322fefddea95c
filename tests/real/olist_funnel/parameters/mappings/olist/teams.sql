SELECT 'Sales' AS team_id, 'Sales' AS name
