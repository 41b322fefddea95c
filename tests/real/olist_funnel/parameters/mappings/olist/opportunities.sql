-- Deals won: the lead's id is the deal's, its first contact the creation. The export says nothing of
-- what a deal was worth.
-- rows: olist_closed_deals_dataset
SELECT
    d.mql_id AS opportunity_id,
    'Sales' AS team_id,
    'won' AS status,
    d.won_date AS closed_on,
    l.first_contact_date AS created_on,
    d.sr_id AS owner_id,
    l.origin AS lead_source,
    d.lead_type AS product,
    d.business_segment AS segment,
    d._row
FROM olist_closed_deals_dataset AS d
LEFT JOIN olist_marketing_qualified_leads_dataset AS l ON l.mql_id = d.mql_id
