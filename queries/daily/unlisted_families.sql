-- purpose:    Families in which an account has records that cost something on a day of which usage lists no category of
--             that family at all.
-- kind:       daily
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      compared_items, usage_families, usage_categories, usage_records
-- grain:      account_sid, day, family
-- order:      none
-- columns:
--   account_sid  VARCHAR
--   day          DATE     UTC
--   family       VARCHAR
-- Records that cost something, of a family in which nothing was used: does usage list it at all?
with used as (
  select account_sid, day, family
  from usage_families
  where day >= $start and day < $end
),

-- n:m on purpose, by currency on both sides: only what has no counterpart is kept, and grouped
unseen as (
  select i.account_sid, i.day, i.family
  from compared_items as i
  left join used as u on u.account_sid = i.account_sid and u.day = i.day and u.family = i.family
  where i.item_cost <> 0 and u.account_sid is null and i.day >= $start and i.day < $end
  group by i.account_sid, i.day, i.family
),

-- 1:n, the categories of a family; n:1, a usage record is listed once; grouped to the key again
listed as (
  select s.account_sid, s.day, s.family
  from unseen as s
  join usage_categories as c on c.family = s.family
  join usage_records as u on u.account_sid = s.account_sid and u.day = s.day and u.category = c.category
  where u.day >= $start and u.day < $end
  group by s.account_sid, s.day, s.family
),

-- n:1, grouped by account, day and family
final as (
  select s.account_sid, s.day, s.family
  from unseen as s
  left join listed as l on l.account_sid = s.account_sid and l.day = s.day and l.family = s.family
  where l.account_sid is null
)

select account_sid, day, family
from final
