-- A list of deals names its customers; the name is the id.
-- rows: deals
SELECT customer AS account_id, customer AS name, min(_row) AS _row
FROM deals
WHERE customer IS NOT NULL
GROUP BY customer
