-- Leads; one that became a deal is converted on the day it was won.
-- rows: olist_marketing_qualified_leads_dataset
SELECT
    l.mql_id AS lead_id,
    l.first_contact_date AS created_on,
    l.origin AS source,
    d.sr_id AS owner_id,
    'Sales' AS team_id,
    d.won_date AS converted_on,
    d.mql_id AS opportunity_id,
    l._row
FROM olist_marketing_qualified_leads_dataset AS l
LEFT JOIN olist_closed_deals_dataset AS d ON d.mql_id = l.mql_id
