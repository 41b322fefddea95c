-- A list of deals names its companies; the name is the id.
-- rows: deals
SELECT company AS account_id, company AS name, min(_row) AS _row
FROM deals
WHERE company IS NOT NULL
GROUP BY company
