-- Leads; an export without their creation day cannot be used.
-- rows: Lead
-- needs: Lead (CreatedDate)
-- optional: Lead (LeadSource, OwnerId, ConvertedDate, ConvertedOpportunityId, IsDeleted)
SELECT Id AS lead_id, CreatedDate AS created_on, LeadSource AS source, OwnerId AS owner_id,
    ConvertedDate AS converted_on, ConvertedOpportunityId AS opportunity_id, _row
FROM Lead
WHERE coalesce(lower(IsDeleted), 'false') NOT IN ('true', '1')
