-- One team per role that owns deals, grouped by the role above it.
-- optional: Opportunity (OwnerId)
-- optional: User (Id, Name, UserRoleId)
-- optional: UserRole (Id, Name, ParentRoleId)
SELECT r.Name AS team_id, r.Name AS name, min(parent.Name) AS "group"
FROM UserRole AS r
LEFT JOIN UserRole AS parent ON parent.Id = r.ParentRoleId
WHERE r.Id IN (
    SELECT u.UserRoleId FROM "User" AS u JOIN Opportunity AS o ON o.OwnerId = u.Id
)
GROUP BY r.Name
UNION ALL
SELECT 'Sales', 'Sales', NULL WHERE (SELECT count(*) FROM "User") = 0
