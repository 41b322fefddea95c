-- Deals of a Salesforce export with standard API names.
-- rows: Opportunity
-- The team is the role of the owner; without User and UserRole all deals belong to one team "Sales".
-- CloseDate is the planned day while a deal is open and the closing day once it is closed.
-- optional: Opportunity (OwnerId, AccountId, Name, Amount, LeadSource, Type, CurrencyIsoCode, IsDeleted, ForecastCategoryName, Territory2Id, Loss_Reason__c, Competitor__c)
-- optional: User (Id, Name, UserRoleId)
-- optional: UserRole (Id, Name)
-- optional: Account (Id, Name, Industry)
SELECT
    o.Id AS opportunity_id,
    CASE WHEN (SELECT count(*) FROM "User") = 0 THEN 'Sales' ELSE r.Name END AS team_id,
    CASE
        WHEN lower(o.IsWon) IN ('true', '1') THEN 'won'
        WHEN lower(o.IsClosed) IN ('true', '1') THEN 'lost'
        ELSE 'open'
    END AS status,
    CASE WHEN lower(o.IsClosed) IN ('true', '1') THEN o.CloseDate END AS closed_on,
    o.CreatedDate AS created_on,
    o.CloseDate AS expected_close_on,
    o.Name AS name,
    o.AccountId AS account_id,
    o.OwnerId AS owner_id,
    CASE WHEN coalesce(lower(o.IsClosed), '') NOT IN ('true', '1') THEN o.StageName END AS stage,
    o.Amount AS amount,
    o.CurrencyIsoCode AS currency,
    o.LeadSource AS lead_source,
    o.Type AS product,
    a.Industry AS segment,
    o.Territory2Id AS territory,
    o.Competitor__c AS competitor,
    o.Loss_Reason__c AS reason,
    CASE replace(lower(o.ForecastCategoryName), ' ', '')
        WHEN 'omitted' THEN 'omitted'
        WHEN 'pipeline' THEN 'pipeline'
        WHEN 'bestcase' THEN 'best_case'
        WHEN 'commit' THEN 'commit'
    END AS forecast_category,
    o._row
FROM Opportunity AS o
LEFT JOIN "User" AS u ON u.Id = o.OwnerId
LEFT JOIN UserRole AS r ON r.Id = u.UserRoleId
LEFT JOIN Account AS a ON a.Id = o.AccountId
WHERE coalesce(lower(o.IsDeleted), 'false') NOT IN ('true', '1')
