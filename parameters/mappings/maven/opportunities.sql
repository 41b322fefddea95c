-- Deals of the Maven "CRM Sales Opportunities" export. The team is the agent's manager.
-- rows: sales_pipeline
-- Joins are left joins: pipeline rows whose product or account is spelt otherwise must stay.
SELECT
    p.opportunity_id,
    t.manager AS team_id,
    CASE p.deal_stage WHEN 'Won' THEN 'won' WHEN 'Lost' THEN 'lost' ELSE 'open' END AS status,
    CASE WHEN p.deal_stage IN ('Won', 'Lost') THEN p.close_date END AS closed_on,
    p.engage_date AS created_on,
    coalesce(p.account, p.opportunity_id) || ', ' || p.product AS name,
    p.account AS account_id,
    p.sales_agent AS owner_id,
    CASE WHEN p.deal_stage NOT IN ('Won', 'Lost') THEN p.deal_stage END AS stage,
    p.close_value AS amount,
    m.sales_price AS list_amount,
    coalesce(m.product, p.product) AS product,
    CASE a.sector WHEN 'technolgy' THEN 'technology' ELSE a.sector END AS segment,
    t.regional_office AS territory,
    p._row
FROM sales_pipeline AS p
LEFT JOIN sales_teams AS t ON t.sales_agent = p.sales_agent
LEFT JOIN products AS m ON replace(m.product, ' ', '') = replace(p.product, ' ', '')
LEFT JOIN accounts AS a ON a.account = p.account
