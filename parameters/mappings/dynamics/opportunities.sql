-- Opportunities of a view or of Dataverse; every name on the left side of headings.yml.
-- rows: opportunities
-- A view without its id column has no key: the id is then made of topic, creation and customer, and
-- a number where those repeat, so that it stays the same in the next export.
-- Money "in base" is in the organisation's currency and is taken where it was exported.
-- Without a team column all deals belong to one team "Sales Team".
WITH told AS (
    SELECT *,
        concat_ws('|', topic, created, customer) AS key,
        CASE lower(status)
            WHEN 'open' THEN 'open'
            WHEN 'offen' THEN 'open'
            WHEN '0' THEN 'open'
            WHEN 'won' THEN 'won'
            WHEN 'gewonnen' THEN 'won'
            WHEN '1' THEN 'won'
            WHEN 'lost' THEN 'lost'
            WHEN 'verloren' THEN 'lost'
            WHEN '2' THEN 'lost'
            ELSE status
        END AS state
    FROM opportunities
),
numbered AS (
    SELECT *, row_number() OVER (PARTITION BY key ORDER BY _row) AS repeat FROM told
)
SELECT
    coalesce(o.id, left(md5(key), 12) || CASE WHEN repeat > 1 THEN '-' || repeat ELSE '' END)
        AS opportunity_id,
    CASE
        WHEN (SELECT count(team) FROM opportunities) + (SELECT count(*) FROM reps) = 0 THEN 'Sales Team'
        ELSE o.team
    END AS team_id,
    state AS status,
    CASE WHEN state <> 'open' THEN o.actual_close END AS closed_on,
    o.created AS created_on,
    o.estimated_close AS expected_close_on,
    o.topic AS name,
    o.customer AS account_id,
    o.owner AS owner_id,
    CASE WHEN state = 'open' THEN o.stage END AS stage,
    CASE
        WHEN state = 'won' THEN coalesce(o.actual_base, o.actual_revenue)
        ELSE coalesce(o.estimated_base, o.estimated_revenue)
    END AS amount,
    CASE
        WHEN CASE WHEN state = 'won' THEN o.actual_base ELSE o.estimated_base END IS NOT NULL THEN NULL
        ELSE CASE lower(o.currency)
            WHEN 'us dollar' THEN 'USD'
            WHEN 'us-dollar' THEN 'USD'
            WHEN 'euro' THEN 'EUR'
            WHEN 'pound sterling' THEN 'GBP'
            WHEN 'british pound' THEN 'GBP'
            WHEN 'pfund sterling' THEN 'GBP'
            WHEN 'swiss franc' THEN 'CHF'
            WHEN 'schweizer franken' THEN 'CHF'
            ELSE o.currency
        END
    END AS currency,
    o.source AS lead_source,
    o.product,
    a.industry AS segment,
    coalesce(o.territory, a.territory) AS territory,
    o.competitor,
    CASE
        WHEN state = 'lost' THEN CASE o.status_reason WHEN '4' THEN 'Canceled' WHEN '5' THEN 'Out-Sold' ELSE o.status_reason END
        WHEN state = 'won' AND lower(o.status_reason) NOT IN ('won', 'gewonnen', '3') THEN o.status_reason
    END AS reason,
    CASE lower(o.forecast)
        WHEN 'pipeline' THEN 'pipeline'
        WHEN '100000001' THEN 'pipeline'
        WHEN 'best case' THEN 'best_case'
        WHEN 'bester fall' THEN 'best_case'
        WHEN '100000002' THEN 'best_case'
        WHEN 'committed' THEN 'commit'
        WHEN 'zugesichert' THEN 'commit'
        WHEN '100000003' THEN 'commit'
        WHEN 'omitted' THEN 'omitted'
        WHEN 'ausgelassen' THEN 'omitted'
        WHEN '100000004' THEN 'omitted'
    END AS forecast_category,
    o._row
FROM numbered AS o
LEFT JOIN (SELECT account, min(industry) AS industry, min(territory) AS territory FROM accounts GROUP BY account) AS a
    ON a.account = o.customer
