-- The columns 'Date entered "<stage> (<pipeline>)"' of an export, one event per column and deal, and
-- the recorded changes of a property history. HubSpot keeps the last day a stage was entered.
-- rows: deals
WITH entered AS (
    SELECT deal_id, moment,
        regexp_extract(heading, '["„“”''«»](.+?)( \([^()]*\))?["„“”''«»]\s*$', 1) AS label, _row
    FROM (
        -- The added column keeps the SELECT valid where the export has no such heading.
        UNPIVOT (SELECT *, NULL::VARCHAR AS "Date entered ""none""" FROM deals)
        ON COLUMNS('(?i)^(date entered|datum des eintritts|eintrittsdatum|datum der eingabe|eingetreten).*["„“”''«»]\s*$')
        INTO NAME heading VALUE moment
    )
),
recorded AS (
    SELECT h.deal_id, replace(h.moment, ' UTC', '') || '+00:00' AS moment, lower(h.property) AS property,
        CASE
            WHEN regexp_full_match(h.value, '\d{13}') THEN CAST(epoch_ms(CAST(h.value AS BIGINT)) AS VARCHAR)
            ELSE h.value
        END AS value,
        s.label, lower(s.closed_won) AS won, lower(s.is_closed) AS closed, h._row
    FROM history AS h
    LEFT JOIN stages AS s ON lower(h.property) = 'dealstage' AND s.stage_id = h.value
),
staged AS (
    SELECT deal_id, moment, label, lower(label) AS words, NULL AS won, NULL AS closed, _row
    FROM entered
    UNION ALL
    SELECT deal_id, moment, coalesce(label, value), lower(coalesce(label, value)), won, closed, _row
    FROM recorded WHERE property = 'dealstage'
),
judged AS (
    SELECT deal_id, moment, label, _row,
        CASE
            WHEN won IN ('true', '1') THEN 'won'
            WHEN closed IN ('true', '1') THEN 'lost'
            WHEN closed IN ('false', '0') THEN 'open'
            WHEN regexp_matches(words, '\b(not won|nicht gewonnen|lost|closedlost|verloren\w*)\b')
                THEN 'lost'
            WHEN regexp_matches(words, '\b(won|closedwon|gewonnen\w*)\b') THEN 'won'
            ELSE 'open'
        END AS status
    FROM staged
)
SELECT deal_id AS opportunity_id, moment AS changed_at, 'status' AS field, NULL AS old_value,
    status AS new_value, _row
FROM judged
UNION ALL
SELECT deal_id, moment, 'stage', NULL, CASE WHEN status = 'open' THEN label END, _row FROM judged
UNION ALL
SELECT deal_id, moment,
    CASE property
        WHEN 'closedate' THEN 'expected_close_on'
        WHEN 'hubspot_owner_id' THEN 'owner_id'
        ELSE property
    END, NULL, value, _row
FROM recorded WHERE property IN ('amount', 'closedate', 'hubspot_owner_id')
