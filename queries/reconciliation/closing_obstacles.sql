-- purpose:    What stands in the way of closing a month: its figures are not final, or not understood.
-- kind:       query
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      report_completeness, open_quarantine, reconciled_days, known_days, report_tie_out
-- grain:      obstacle, subject, detail
-- order:      obstacle, subject, detail
-- columns:
--   obstacle    VARCHAR  incomplete, pending, unknown, unexplained or quarantined
--   subject     VARCHAR  account sid
--   detail      VARCHAR  what it is, with its days
--   item_count  BIGINT   account-days or records
with incomplete as (
  select
    'incomplete' as obstacle,
    account_sid as subject,
    resource || ' ' || status as what,
    day,
    1 as items
  from report_completeness
  where status not in ('complete', 'empty')
),

-- A price or usage is still to come, a side of the comparison is not known, or nobody can explain what is between them.
compared as (
  select
    case when status = 'differs' then 'unexplained' else status end as obstacle,
    account_sid as subject,
    family || case
      when status = 'differs' then ' unexplained in ' || currency
      when status = 'unknown' then ' not comparable'
      when unpriced_count > 0 then ' without a price'
      else ' of which usage is not final'
    end as what,
    day,
    case when status = 'pending' and unpriced_count > 0 then unpriced_count else 1 end as items
  from reconciled_days
  where status in ('pending', 'unknown', 'differs') and day >= $start and day < $end
  union all
  select
    case when usage_known then 'pending' else 'unknown' end as obstacle,
    account_sid as subject,
    case when usage_known then 'Usage Records not final' else 'Usage Records not known' end as what,
    day,
    1 as items
  from known_days
  where day >= $start and day < $end and not (usage_known and usage_final)
),

sums as (
  select
    'unexplained' as obstacle,
    'all accounts' as subject,
    category || ' ' || currency || case
      when status = 'differs' then ': all accounts beside the main account'
      else ': usage beside the invoice'
    end as what,
    month as day,
    1 as items
  from report_tie_out
  where status = 'differs' or invoice_status = 'differs'
),

-- A row without a day belongs to no month, and so to each.
quarantined as (
  select
    'quarantined' as obstacle,
    coalesce(account_sid, '') as subject,
    resource || ' in quarantine, ' || defect as what,
    day,
    1 as items
  from open_quarantine
  where day is null or (day >= $start and day < $end)
),

obstacles as (
  select obstacle, subject, what, day, items
  from incomplete
  union all
  select obstacle, subject, what, day, items
  from compared
  union all
  select obstacle, subject, what, day, items
  from sums
  union all
  select obstacle, subject, what, day, items
  from quarantined
),

summed as (
  select
    obstacle,
    subject,
    what,
    cast(sum(items) as bigint) as item_count,
    min(day) as first_day,
    max(day) as last_day
  from obstacles
  group by obstacle, subject, what
),

final as (
  select
    obstacle,
    subject,
    what || case
      when first_day is null then ', on no known day'
      when first_day = last_day then ', ' || cast(first_day as varchar)
      else ', ' || cast(first_day as varchar) || ' to ' || cast(last_day as varchar)
    end as detail,
    item_count
  from summed
)

select obstacle, subject, detail, item_count
from final
order by obstacle, subject, detail
