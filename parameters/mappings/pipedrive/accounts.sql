-- A list of deals names its organizations; the name is the id.
-- rows: deals
SELECT organization AS account_id, organization AS name, min(_row) AS _row
FROM deals
WHERE organization IS NOT NULL
GROUP BY organization
