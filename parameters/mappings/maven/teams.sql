-- One team per manager, grouped by regional office.
SELECT
    manager AS team_id,
    manager AS name,
    manager,
    min(regional_office) AS territory,
    min(regional_office) AS "group"
FROM sales_teams
GROUP BY manager
ORDER BY min(_row)
