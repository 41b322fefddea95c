-- Accounts by name, since a view of opportunities shows names; those of deals where no list is given.
SELECT account AS account_id, min(account) AS name, min(industry) AS industry, min(industry) AS segment,
    min(territory) AS territory, min(owner) AS owner_id
FROM (
    SELECT account, industry, territory, owner FROM accounts
    UNION ALL
    SELECT customer, NULL, territory, NULL FROM opportunities
)
WHERE account IS NOT NULL
GROUP BY account
