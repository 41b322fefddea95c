-- One team per manager, grouped by regional office.
SELECT "Führungskraft" AS team_id, "Führungskraft" AS name, "Führungskraft" AS manager,
    min(CASE "Regionalbüro" WHEN 'Mitte' THEN 'Central' WHEN 'Ost' THEN 'East' ELSE 'West' END)
        AS territory,
    min(CASE "Regionalbüro" WHEN 'Mitte' THEN 'Central' WHEN 'Ost' THEN 'East' ELSE 'West' END)
        AS "group"
FROM "Vertriebsteams"
GROUP BY "Führungskraft"
ORDER BY min(_row)
