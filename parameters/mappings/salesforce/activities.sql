-- Finished tasks; WhatId is the deal or account a task belongs to.
-- rows: Task
-- needs: Task
-- optional: Task (OwnerId, TaskSubtype, Status, ActivityDate, WhatId, AccountId, IsDeleted)
SELECT
    Id AS activity_id,
    OwnerId AS rep_id,
    coalesce(TaskSubtype, 'Task') AS kind,
    ActivityDate AS done_on,
    CASE WHEN WhatId LIKE '006%' THEN WhatId END AS opportunity_id,
    AccountId AS account_id,
    _row
FROM Task
WHERE Status = 'Completed'
    AND ActivityDate IS NOT NULL
    AND coalesce(lower(IsDeleted), 'false') NOT IN ('true', '1')
