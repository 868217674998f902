-- purpose:    Three sums of the same month: the Usage Records of all accounts, those of the main account with all its
--             subaccounts, and the amounts of Twilio's invoice where they were given; by category that stands in no
--             other, and for the total.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      usage_records, consolidated_usage_records, usage_categories, category_ancestors, known_days,
--             listed_accounts, invoice_amounts, tolerances, days
-- grain:      month, currency, category
-- order:      month, currency, category
-- columns:
--   month               DATE           UTC, first day
--   currency            VARCHAR        ISO 4217
--   category            VARCHAR        usage category; `totalprice` = all; or a family, where invoice.csv names one
--   accounts_cost       DECIMAL(38,8)  of all accounts by themselves, the main one among them; positive = Twilio
--                                      charged us
--   consolidated_cost   DECIMAL(38,8)  of the main account with its subaccounts; empty where no day of it was read
--   difference          DECIMAL(38,8)  consolidated_cost less accounts_cost, of the days of which both are known
--   status              VARCHAR        agrees, explained (within the tolerance), pending, unknown or differs
--   invoice_amount      DECIMAL(38,8)  as invoice.csv has it; empty where it has none
--   invoice_difference  DECIMAL(38,8)  invoice_amount less consolidated_cost, or less accounts_cost where a day of that
--                                      was not read
--   invoice_status      VARCHAR        agrees (to the digits typed in), explained, pending, unknown or differs; empty
--                                      where there is no amount
with amounts as (
  select day, category, currency, cost, 'accounts' as side
  from usage_records
  where day >= $start and day < $end and cost <> 0
  union all
  select day, category, currency, cost, 'consolidated' as side
  from consolidated_usage_records
  where day >= $start and day < $end and cost <> 0
),

summed as (
  select
    day,
    category,
    currency,
    sum(case when side = 'accounts' then cost else 0 end) as accounts_cost,
    sum(case when side = 'consolidated' then cost else 0 end) as consolidated_cost
  from amounts
  group by day, category, currency
),

invoiced as (
  select
    month,
    currency,
    category,
    sum(amount) as amount,
    sum(rounding) as rounding
  from invoice_amounts
  where month >= cast(date_trunc('month', $start) as date) and month < $end
  group by month, currency, category
),

invoice_names as (
  select category
  from invoiced
  group by category
),

-- Amounts that stand inside another one of the day. 1:n, as one may stand inside several; grouped to its key again
contained as (
  select s.day, s.category, s.currency
  from summed as s
  join category_ancestors as a on a.category = s.category
  join summed as o on o.day = s.day and o.currency = s.currency and o.category = a.ancestor
  group by s.day, s.category, s.currency
),

-- What a usage category counts for: for itself, where it stands in no other or the invoice has it, and for a family
-- that the invoice has. 1:1 and n:1, a category and a name are listed once
named as (
  select s.day, s.category, s.currency, s.accounts_cost, s.consolidated_cost
  from summed as s
  left join contained as i on i.day = s.day and i.category = s.category and i.currency = s.currency
  left join invoice_names as n on n.category = s.category
  where i.category is null or n.category is not null
  union all
  select s.day, n.category, s.currency, s.accounts_cost, s.consolidated_cost
  from summed as s
  join usage_categories as c on c.category = s.category
  join invoice_names as n on n.category = c.family
  left join contained as i on i.day = s.day and i.category = s.category and i.currency = s.currency
  left join usage_categories as same on same.category = n.category
  where i.category is null and same.category is null
),

account_days as (
  select
    k.day,
    max(case when k.usage_known then 0 else 1 end) as is_unknown,
    max(case when k.usage_final then 0 else 1 end) as is_open,
    count(a.account_sid) as listed_count
  from known_days as k
  -- n:1, an account is listed once; none where Twilio does not list it, or no longer
  left join listed_accounts as a on a.account_sid = k.account_sid and a.gone_from > k.day
  where k.day >= $start and k.day < $end
  group by k.day
),

-- How many accounts must have been asked.
listed as (
  select
    d.day,
    count(*) as account_count
  from account_days as d
  -- n:m on purpose: every account with every day
  join listed_accounts as a on a.gone_from > d.day
  group by d.day
),

-- An invoice is of a whole month.
whole as (
  select
    d.month,
    max(case when a.day is null then 1 else 0 end) as is_partial
  from days as d
  -- 1:1, both are keyed by day; none where nobody asked for it
  left join account_days as a on a.day = d.day
  where d.day >= cast(date_trunc('month', $start) as date) and d.month < $end
  group by d.month
),

consolidated_days as (
  select
    day,
    max(case when as_of >= cast(day + 2 as timestamp) then 0 else 1 end) as is_open
  from consolidated_usage_records
  where day >= $start and day < $end and category = 'totalprice'
  group by day
),

days_known as (
  select
    a.day,
    cast(date_trunc('month', a.day) as date) as month,
    a.is_unknown,
    case when a.listed_count < coalesce(l.account_count, 0) then 1 else 0 end as is_unasked,
    greatest(a.is_open, coalesce(c.is_open, 0)) as is_open,
    case when c.day is null then 1 else 0 end as is_missing
  from account_days as a
  -- 1:1 each, all are grouped by day
  left join listed as l on l.day = a.day
  left join consolidated_days as c on c.day = a.day
),

months_known as (
  select
    month,
    max(is_unknown) as is_unknown,
    max(is_unasked) as is_unasked,
    max(is_open) as is_open,
    max(is_missing) as is_missing,
    min(is_missing) as is_missing_whole
  from days_known
  group by month
),

-- n:1, a day is listed once
by_month as (
  select
    cast(date_trunc('month', n.day) as date) as month,
    n.currency,
    n.category,
    sum(n.accounts_cost) as accounts_cost,
    sum(n.consolidated_cost) as consolidated_cost,
    sum(
      case when d.is_unknown = 0 and d.is_missing = 0 then n.consolidated_cost - n.accounts_cost else 0 end
    ) as difference
  from named as n
  left join days_known as d on d.day = n.day
  group by cast(date_trunc('month', n.day) as date), n.currency, n.category
),

keys as (
  select month, currency, category
  from by_month
  union
  select month, currency, category
  from invoiced
),

-- 1:1 each, all are keyed by month, currency and category; n:1 with what is known of the month, and with the tolerance
compared as (
  select
    k.month,
    k.currency,
    k.category,
    coalesce(b.accounts_cost, cast(0 as decimal(38, 8))) as accounts_cost,
    case
      when coalesce(m.is_missing_whole, 1) = 0 then coalesce(b.consolidated_cost, cast(0 as decimal(38, 8)))
    end as consolidated_cost,
    case
      when coalesce(m.is_missing_whole, 1) = 0 then coalesce(b.difference, cast(0 as decimal(38, 8)))
    end as difference,
    i.amount as invoice_amount,
    i.amount - case
      when coalesce(m.is_missing, 1) = 0 then coalesce(b.consolidated_cost, cast(0 as decimal(38, 8)))
      else coalesce(b.accounts_cost, cast(0 as decimal(38, 8)))
    end as invoice_difference,
    i.rounding,
    coalesce(t.amount, cast(0 as decimal(38, 8))) as tolerance,
    coalesce(m.is_unknown, 1) as is_unknown,
    coalesce(m.is_unasked, 1) as is_unasked,
    coalesce(m.is_missing, 1) as is_missing,
    coalesce(m.is_open, 0) as is_open,
    coalesce(w.is_partial, 1) as is_partial
  from keys as k
  left join by_month as b on b.month = k.month and b.currency = k.currency and b.category = k.category
  left join invoiced as i on i.month = k.month and i.currency = k.currency and i.category = k.category
  left join months_known as m on m.month = k.month
  left join whole as w on w.month = k.month
  left join tolerances as t on t.currency = k.currency
),

final as (
  select
    month,
    currency,
    category,
    accounts_cost,
    consolidated_cost,
    difference,
    case
      when abs(coalesce(difference, 0)) > tolerance and is_open = 0 and is_unasked = 0 then 'differs'
      when abs(coalesce(difference, 0)) > tolerance and is_open = 0 then 'unknown'
      when is_unknown = 1 or is_missing = 1 then 'unknown'
      when is_open = 1 then 'pending'
      when difference <> 0 then 'explained'
      else 'agrees'
    end as status,
    invoice_amount,
    invoice_difference,
    case
      when invoice_amount is null then ''
      when is_open = 1 then 'pending'
      when is_partial = 1 or (is_missing = 1 and (is_unknown = 1 or is_unasked = 1)) then 'unknown'
      when abs(invoice_difference) <= rounding then 'agrees'
      when abs(invoice_difference) <= rounding + tolerance then 'explained'
      else 'differs'
    end as invoice_status
  from compared
)

select
  month, currency, category, accounts_cost, consolidated_cost, difference, status, invoice_amount, invoice_difference,
  invoice_status
from final
order by month, currency, category
