-- Deals of a HubSpot export or property history; every name on the left side of headings.yml.
-- rows: deals
-- Won and lost come from "Is Closed Won" and "Is Deal Closed?" where they were exported, else from
-- the stage's own words, in every pipeline alike: won, lost, gewonnen, verloren. "Not won" is lost.
-- The close date is the planned day while a deal is open and the closing day once it is closed.
-- A property history writes moments in UTC, an export in the account's time zone.
-- Only a deal type that says renewal is one, only new business is none; of others nothing is known.
WITH told AS (
    SELECT d.*,
        coalesce(s.label, d.stage) AS stage_label,
        coalesce(p.label, d.pipeline) AS pipeline_label,
        lower(coalesce(s.label, d.stage)) AS stage_words,
        lower(coalesce(d.is_won, s.closed_won)) AS won,
        lower(coalesce(d.is_closed, s.is_closed)) AS closed,
        coalesce(d.close_date, replace(d.closed_utc, ' UTC', '') || '+00:00') AS close_day,
        coalesce(d.create_date, replace(d.created_utc, ' UTC', '') || '+00:00') AS create_day
    FROM deals AS d
    LEFT JOIN stages AS s ON s.stage_id = d.stage
    LEFT JOIN pipelines AS p ON p.pipeline_id = d.pipeline
    WHERE coalesce(lower(d.is_deleted), 'false') NOT IN ('true', '1')
),
judged AS (
    SELECT *,
        CASE
            WHEN won IN ('true', '1', 'yes', 'ja', 'wahr') THEN 'won'
            WHEN closed IN ('true', '1', 'yes', 'ja', 'wahr') THEN 'lost'
            WHEN closed IN ('false', '0', 'no', 'nein', 'falsch') THEN 'open'
            WHEN regexp_matches(stage_words, '\b(not won|nicht gewonnen|lost|closedlost|verloren\w*)\b')
                THEN 'lost'
            WHEN regexp_matches(stage_words, '\b(won|closedwon|gewonnen\w*)\b') THEN 'won'
            ELSE 'open'
        END AS status
    FROM told
)
SELECT
    deal_id AS opportunity_id,
    CASE
        WHEN (SELECT count(team) FROM deals) + (SELECT count(*) FROM reps)
            + (SELECT count(*) FROM user_teams) = 0 THEN 'Sales'
        ELSE team
    END AS team_id,
    status,
    CASE WHEN status <> 'open' THEN close_day END AS closed_on,
    create_day AS created_on,
    close_day AS expected_close_on,
    name,
    company AS account_id,
    owner AS owner_id,
    CASE WHEN status = 'open' THEN stage_label END AS stage,
    coalesce(company_amount, amount) AS amount,
    CASE WHEN company_amount IS NULL THEN currency END AS currency,
    source AS lead_source,
    product,
    pipeline_label AS segment,
    territory,
    competitor,
    CASE status WHEN 'won' THEN won_reason WHEN 'lost' THEN lost_reason END AS reason,
    CASE lower(forecast)
        WHEN 'not forecasted' THEN 'omitted'
        WHEN 'nicht prognostiziert' THEN 'omitted'
        WHEN 'omit' THEN 'omitted'
        WHEN 'pipeline' THEN 'pipeline'
        WHEN 'best case' THEN 'best_case'
        WHEN 'commit' THEN 'commit'
    END AS forecast_category,
    CASE
        WHEN regexp_matches(lower(deal_type), 'renewal|verlängerung|erneuerung') THEN 'true'
        WHEN regexp_matches(lower(deal_type), 'new ?business|neugeschäft') THEN 'false'
    END AS is_renewal,
    _row
FROM judged
