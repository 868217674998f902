-- purpose:    What a comparison can end in, the worst last: of many, the worst counts.
-- kind:       view
-- parameters: none
-- reads:      none
-- grain:      status
-- order:      none
-- columns:
--   status   VARCHAR
--   badness  INTEGER  0 = agrees
select 'agrees' as status, 0 as badness
union all select 'explained' as status, 1 as badness
union all select 'pending' as status, 2 as badness
union all select 'unknown' as status, 3 as badness
union all select 'differs' as status, 4 as badness
