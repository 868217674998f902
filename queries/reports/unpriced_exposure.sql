-- purpose:    What calls and messages without a price will probably cost, told from priced ones like them: of the same
--             family, direction, kind, calling code and currency. An estimate, in no figure: never add it to a cost.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      comparable_charges, account_customers
-- grain:      month, customer_id, account_sid, family, direction, kind, calling_code, currency
-- order:      month, customer_id, account_sid, family, direction, kind, calling_code, currency
-- totals:     unpriced_count, units, estimated_cost
-- columns:
--   month             DATE           UTC, first day
--   customer_id       VARCHAR        `unallocated` = of accounts that map to nobody
--   account_sid       VARCHAR
--   service           VARCHAR        calls or messages
--   family            VARCHAR        family of usage categories that counts them
--   direction         VARCHAR        Twilio's
--   kind              VARCHAR        connected_call, unconnected_call (of 0 minutes), call_under_way, message or
--                                    failed_message; only rows of the same kind are alike
--   calling_code      VARCHAR        of the number outside, without plus; empty where that is no E.164 number
--   currency          VARCHAR        ISO 4217; where Twilio gives none yet, that of the account's priced rows of the
--                                    same day, else of the nearest day before it in the period, else behind it; empty
--                                    where there are none
--   unpriced_count    BIGINT
--   units             BIGINT         started minutes or segments, at least 1 for each row; 1 for each failed message
--   like_count        BIGINT         priced rows that the estimate is from
--   unit_cost_median  DECIMAL(38,8)  in currency, of the like rows; cut off, not rounded, behind eight decimals;
--                                    empty where there are none
--   estimated_cost    DECIMAL(38,8)  unit_cost_median x units: an estimate, in no figure; empty where there are none
--   basis             VARCHAR        whose like rows: `same account` or `all accounts`; empty where there are none
with unpriced as (
  select month, day, account_sid, service, family, direction, kind, calling_code, currency, units
  from comparable_charges
  where charged_at >= cast($start as timestamp) and charged_at < cast($end as timestamp) and cost is null
),

days_without_currency as (
  select account_sid, day
  from unpriced
  where currency = ''
  group by account_sid, day
),

accounts_without_currency as (
  select account_sid
  from days_without_currency
  group by account_sid
),

account_currencies as (
  select
    c.account_sid,
    c.day,
    c.currency,
    count(*) as record_count
  from comparable_charges as c
  -- n:1, an account is listed once
  join accounts_without_currency as a on a.account_sid = c.account_sid
  where c.charged_at >= cast($start as timestamp) and c.charged_at < cast($end as timestamp) and c.cost is not null
  group by c.account_sid, c.day, c.currency
),

-- The same day comes first, then the days before, the nearest first, then those behind; of one day what most rows have.
ranked_currencies as (
  select
    d.account_sid,
    d.day,
    a.currency,
    row_number() over (
      partition by d.account_sid, d.day
      order by a.day > d.day, abs(a.day - d.day), a.record_count desc, a.currency
    ) as place
  from days_without_currency as d
  -- n:m on purpose, each day with all days of its account
  join account_currencies as a on a.account_sid = d.account_sid
),

exposed as (
  select
    u.month,
    coalesce(c.customer_id, 'unallocated') as customer_id,
    u.account_sid,
    u.service,
    u.family,
    u.direction,
    u.kind,
    u.calling_code,
    case when u.currency = '' then coalesce(r.currency, '') else u.currency end as currency,
    count(*) as unpriced_count,
    cast(sum(u.units) as bigint) as units
  from unpriced as u
  -- n:1, of the ranks of an account-day there is one first
  left join ranked_currencies as r on r.account_sid = u.account_sid and r.day = u.day and r.place = 1
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = u.account_sid
    and c.valid_from <= u.day
    and c.valid_to > u.day
  group by
    u.month,
    coalesce(c.customer_id, 'unallocated'),
    u.account_sid,
    u.service,
    u.family,
    u.direction,
    u.kind,
    u.calling_code,
    case when u.currency = '' then coalesce(r.currency, '') else u.currency end
),

-- The like rows of one group have a number: so few values to group millions of rows by, and to join on.
wanted as (
  select
    family,
    direction,
    kind,
    currency,
    row_number() over (order by family, direction, kind, currency) as number
  from exposed
  group by family, direction, kind, currency
),

-- What no unpriced row asks for is left out before calling codes and unit costs are worked out.
priced as (
  select
    c.account_sid,
    w.number,
    c.calling_code,
    -- Whole hundred-millionths, in two parts that fit 64 bits whatever the cost. `//` cuts off what is less than one.
    (cast(trunc(c.cost) as bigint) * 100000000 + cast((c.cost - trunc(c.cost)) * 100000000 as bigint))
    // c.units as unit_cost
  from comparable_charges as c
  -- n:1, each four are listed once
  join wanted as w
    on w.family = c.family
    and w.direction = c.direction
    and w.kind = c.kind
    and w.currency = c.currency
  where c.charged_at >= cast($start as timestamp) and c.charged_at < cast($end as timestamp) and c.cost is not null
),

-- Millions of rows have few unit costs: the medians are counted off these, exactly, and need no memory for each row.
own_unit_costs as (
  select account_sid, number, calling_code, unit_cost, count(*) as record_count
  from priced
  group by account_sid, number, calling_code, unit_cost
),

own_running as (
  select
    account_sid,
    number,
    calling_code,
    unit_cost,
    sum(record_count) over (
      partition by account_sid, number, calling_code
      order by unit_cost
      rows between unbounded preceding and current row
    ) as running_count,
    sum(record_count) over (partition by account_sid, number, calling_code) as like_count
  from own_unit_costs
),

-- The lower median: the smallest unit cost that half of the rows do not exceed.
own_medians as (
  select account_sid, number, calling_code, max(like_count) as like_count, min(unit_cost) as unit_cost
  from own_running
  where 2 * running_count >= like_count
  group by account_sid, number, calling_code
),

all_unit_costs as (
  select number, calling_code, unit_cost, sum(record_count) as record_count
  from own_unit_costs
  group by number, calling_code, unit_cost
),

all_running as (
  select
    number,
    calling_code,
    unit_cost,
    sum(record_count) over (
      partition by number, calling_code
      order by unit_cost
      rows between unbounded preceding and current row
    ) as running_count,
    sum(record_count) over (partition by number, calling_code) as like_count
  from all_unit_costs
),

all_medians as (
  select number, calling_code, max(like_count) as like_count, min(unit_cost) as unit_cost
  from all_running
  where 2 * running_count >= like_count
  group by number, calling_code
),

-- An account's own prices tell the most, as it may have a discount; of fewer than 5 rows one odd price says too much.
likened as (
  select
    e.month,
    e.customer_id,
    e.account_sid,
    e.service,
    e.family,
    e.direction,
    e.kind,
    e.calling_code,
    e.currency,
    e.unpriced_count,
    e.units,
    case
      when o.like_count >= 5 then 'same account'
      when a.like_count is not null then 'all accounts'
    end as basis,
    case when o.like_count >= 5 then o.like_count else coalesce(a.like_count, 0) end as like_count,
    case when o.like_count >= 5 then o.unit_cost else a.unit_cost end as unit_cost
  from exposed as e
  -- n:1, each four are listed once
  left join wanted as w
    on w.family = e.family
    and w.direction = e.direction
    and w.kind = e.kind
    and w.currency = e.currency
  -- n:1, an account has one median for each number and calling code
  left join own_medians as o
    on o.account_sid = e.account_sid
    and o.number = w.number
    and o.calling_code = e.calling_code
  -- n:1, all accounts together have one
  left join all_medians as a on a.number = w.number and a.calling_code = e.calling_code
),

final as (
  select
    month,
    customer_id,
    account_sid,
    service,
    family,
    direction,
    kind,
    calling_code,
    currency,
    unpriced_count,
    units,
    cast(like_count as bigint) as like_count,
    cast(cast(unit_cost as decimal(28, 0)) * 0.00000001 as decimal(38, 8)) as unit_cost_median,
    cast(cast(cast(unit_cost as hugeint) * units as decimal(29, 0)) * 0.00000001 as decimal(38, 8)) as estimated_cost,
    basis
  from likened
)

select
  month,
  customer_id,
  account_sid,
  service,
  family,
  direction,
  kind,
  calling_code,
  currency,
  unpriced_count,
  units,
  like_count,
  unit_cost_median,
  estimated_cost,
  basis
from final
order by month, customer_id, account_sid, family, direction, kind, calling_code, currency
