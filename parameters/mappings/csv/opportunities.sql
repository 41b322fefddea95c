-- Deals of a plain list; every name on the left side of headings.yml.
-- rows: deals
-- A status that is none of the words below is rejected, not guessed. Without a status the phase says
-- whether a deal was won or lost, and is open otherwise.
-- Without a team column all deals belong to one team "Sales".
WITH told AS (
    SELECT *,
        CASE
            WHEN lower(coalesce(status, stage)) IN ('won', 'gewonnen', 'closed won') THEN 'won'
            WHEN lower(coalesce(status, stage)) IN ('lost', 'verloren', 'closed lost') THEN 'lost'
            WHEN lower(status) IN ('open', 'offen', 'laufend', 'in bearbeitung') THEN 'open'
            WHEN status IS NULL AND stage IS NOT NULL THEN 'open'
            ELSE status
        END AS state
    FROM deals
)
SELECT
    id AS opportunity_id,
    CASE
        WHEN (SELECT count(team) FROM deals) + (SELECT count(*) FROM reps) = 0 THEN 'Sales'
        ELSE team
    END AS team_id,
    state AS status,
    CASE WHEN state <> 'open' THEN closed END AS closed_on,
    created AS created_on,
    planned AS expected_close_on,
    name,
    customer AS account_id,
    rep AS owner_id,
    CASE WHEN state = 'open' THEN stage END AS stage,
    amount,
    list_amount,
    currency,
    source AS lead_source,
    product,
    segment,
    territory,
    competitor,
    CASE WHEN state <> 'open' THEN reason END AS reason,
    renewal AS is_renewal,
    url,
    _row
FROM told
