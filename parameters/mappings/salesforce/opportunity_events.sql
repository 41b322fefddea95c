-- OpportunityHistory holds the whole state after each change; only what changed becomes an event.
-- rows: OpportunityHistory
-- needs: OpportunityHistory
-- optional: OpportunityHistory (Amount, CloseDate, IsDeleted, ForecastCategory, Probability)
-- optional: Opportunity (StageName, IsClosed, IsWon)
WITH stages AS (
    SELECT StageName,
        max(CASE
            WHEN lower(IsWon) IN ('true', '1') THEN 'won'
            WHEN lower(IsClosed) IN ('true', '1') THEN 'lost'
            ELSE 'open'
        END) AS status
    FROM Opportunity
    GROUP BY StageName
),
states AS (
    SELECT h.*,
        coalesce(s.status, CASE
            WHEN h.ForecastCategory = 'Closed' THEN 'won'
            WHEN h.ForecastCategory = 'Omitted' AND h.Probability = '0' THEN 'lost'
            ELSE 'open'
        END) AS status
    FROM OpportunityHistory AS h
    LEFT JOIN stages AS s ON s.StageName = h.StageName
    WHERE coalesce(lower(h.IsDeleted), 'false') NOT IN ('true', '1')
)
SELECT OpportunityId AS opportunity_id, CreatedDate AS changed_at, 'status' AS field,
    NULL AS old_value, status AS new_value, _row FROM states
UNION ALL
SELECT OpportunityId, CreatedDate, 'stage', NULL, CASE WHEN status = 'open' THEN StageName END, _row
FROM states
UNION ALL
SELECT OpportunityId, CreatedDate, 'amount', NULL, Amount, _row FROM states
UNION ALL
SELECT OpportunityId, CreatedDate, 'expected_close_on', NULL, CloseDate, _row FROM states
