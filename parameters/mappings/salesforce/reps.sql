-- needs: User
-- rows: User
-- optional: User (Id, Name, UserRoleId, ManagerId, Title)
-- optional: UserRole (Id, Name)
SELECT u.Id AS rep_id, u.Name AS name, r.Name AS team_id, u.Title AS role, u.ManagerId AS manager_id,
    u._row
FROM "User" AS u
JOIN UserRole AS r ON r.Id = u.UserRoleId
