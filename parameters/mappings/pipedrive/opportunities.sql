-- Deals of a Pipedrive list; every name on the left side of headings.yml.
-- rows: deals
-- A list without its id column has no key: the id is then made of title, creation and organization.
-- Without a team column all deals belong to one team "Sales".
WITH told AS (
    SELECT *,
        concat_ws('|', title, created, organization) AS key,
        CASE lower(status)
            WHEN 'offen' THEN 'open'
            WHEN 'gewonnen' THEN 'won'
            WHEN 'verloren' THEN 'lost'
            ELSE lower(status)
        END AS state
    FROM deals
    WHERE lower(status) NOT IN ('deleted', 'gelöscht') OR status IS NULL
),
numbered AS (
    SELECT *, row_number() OVER (PARTITION BY key ORDER BY _row) AS repeat FROM told
)
SELECT
    coalesce(id, left(md5(key), 12) || CASE WHEN repeat > 1 THEN '-' || repeat ELSE '' END)
        AS opportunity_id,
    CASE
        WHEN (SELECT count(team) FROM deals) + (SELECT count(*) FROM reps) = 0 THEN 'Sales'
        ELSE team
    END AS team_id,
    state AS status,
    CASE state WHEN 'won' THEN coalesce(won, closed) WHEN 'lost' THEN coalesce(lost, closed) END
        AS closed_on,
    created AS created_on,
    expected AS expected_close_on,
    title AS name,
    organization AS account_id,
    owner AS owner_id,
    CASE WHEN state = 'open' THEN stage END AS stage,
    value AS amount,
    currency,
    source AS lead_source,
    product,
    pipeline AS segment,
    territory,
    competitor,
    CASE WHEN state = 'lost' THEN lost_reason END AS reason,
    _row
FROM numbered
