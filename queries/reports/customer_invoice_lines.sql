-- purpose:    The lines of each customer's invoice: cost, charge and margin, by the rates of rates.csv.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- needs:      rates
-- reads:      charge_routes, other_charge_days, account_customers, rates, currencies, days
-- grain:      month, customer_id, currency, service, family, direction, calling_code, rate_line
-- order:      month, customer_id, currency, service, family, direction, calling_code, rate_line
-- totals:     cost, charge, margin, unpriced_count
-- columns:
--   month           DATE           UTC, first day
--   customer_id     VARCHAR        `unallocated` = of accounts that map to nobody: no rate is for them
--   customer_name   VARCHAR
--   currency        VARCHAR        ISO 4217, of cost, charge and margin; empty = records that Twilio gave no
--                                  currency yet, all of them unpriced
--   service         VARCHAR        calls, messages, or other = what Usage Records hold beyond both; no line has other
--                                  cost of days on which that is not known
--   family          VARCHAR        as usage_categories.csv has it
--   direction       VARCHAR        inbound or outbound, a trunk's calls too; empty where Twilio gives none, and of
--                                  other
--   calling_code    VARCHAR        of the number outside, without plus; empty where it tells none, and of other
--   rate_line       BIGINT         the rate's line in rates.csv; empty = no rate is for this cost
--   record_count    BIGINT         calls or messages, unpriced ones included; 0 of other
--   quantity        BIGINT         started minutes or segments of the priced ones; empty of other
--   unit            VARCHAR        minute or segment; empty of other
--   cost            DECIMAL(38,8)  of the priced ones; positive = Twilio charged us
--   markup_percent  DECIMAL(10,4)  charge = cost and so many hundredths of it
--   price_per_unit  DECIMAL(18,8)  charge = quantity times this
--   charge          DECIMAL(38,4)  what the customer owes, in whole coins of the currency (half away from zero);
--                                  empty = no rate is for this cost, which is not that it is free
--   margin          DECIMAL(38,8)  charge - cost; empty where charge is
--   unpriced_count  BIGINT         in no quantity, cost or charge: they are charged when Twilio has set their price
-- A line is of one rate, and its charge is rounded once: an invoice adds up rounded charges.
with rate_count as (
  select count(*) as entries
  from rates
),

changes as (
  select valid_from as day
  from rates
  where valid_from is not null
  union
  select valid_to as day
  from rates
  where valid_to is not null
),

marked as (
  select
    d.day,
    d.month,
    case when c.day is not null then d.day end as changed_on
  from days as d
  -- n:1, a change is listed once; none on most days
  left join changes as c on c.day = d.day
  where d.day >= $start and d.day < $end
),

-- From one change to the next the same rate is for the same cost: rates are looked up for the first day of each span.
spans as (
  select
    day,
    month,
    coalesce(
      max(changed_on) over (
        partition by month
        order by day
        rows between unbounded preceding and current row
      ),
      min(day) over (partition by month)
    ) as since
  from marked
),

itemised as (
  select
    s.month,
    s.since,
    coalesce(c.customer_id, 'unallocated') as customer_id,
    max(coalesce(c.customer_name, 'unallocated')) as customer_name,
    r.currency,
    r.service,
    r.family,
    case
      when r.direction in ('inbound', 'trunking-originating') then 'inbound'
      when r.direction like 'outbound%' or r.direction = 'trunking-terminating' then 'outbound'
      else ''
    end as direction,
    r.calling_code,
    sum(r.record_count) as record_count,
    sum(r.units - r.unpriced_units) as quantity,
    sum(r.cost) as cost,
    sum(r.unpriced_count) as unpriced_count
  from charge_routes as r
  -- n:1, a day is listed once
  join spans as s on s.day = r.day
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = r.account_sid
    and c.valid_from <= r.day
    and c.valid_to > r.day
  group by
    s.month,
    s.since,
    coalesce(c.customer_id, 'unallocated'),
    r.currency,
    r.service,
    r.family,
    case
      when r.direction in ('inbound', 'trunking-originating') then 'inbound'
      when r.direction like 'outbound%' or r.direction = 'trunking-terminating' then 'outbound'
      else ''
    end,
    r.calling_code
),

other as (
  select
    s.month,
    s.since,
    coalesce(c.customer_id, 'unallocated') as customer_id,
    max(coalesce(c.customer_name, 'unallocated')) as customer_name,
    o.currency,
    o.family,
    sum(o.cost) as cost
  from other_charge_days as o
  -- n:1, a day is listed once
  join spans as s on s.day = o.day
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = o.account_sid
    and c.valid_from <= o.day
    and c.valid_to > o.day
  group by s.month, s.since, coalesce(c.customer_id, 'unallocated'), o.currency, o.family
),

together as (
  select
    month,
    since,
    customer_id,
    customer_name,
    currency,
    service,
    family,
    direction,
    calling_code,
    record_count,
    quantity,
    cost,
    unpriced_count
  from itemised
  union all
  select
    month,
    since,
    customer_id,
    customer_name,
    currency,
    'other' as service,
    family,
    '' as direction,
    '' as calling_code,
    0 as record_count,
    null as quantity,
    cost,
    0 as unpriced_count
  from other
),

-- Without rates there is no invoice, and no line.
lines as (
  select
    t.month,
    t.since,
    t.customer_id,
    t.customer_name,
    t.currency,
    t.service,
    t.family,
    t.direction,
    t.calling_code,
    t.record_count,
    t.quantity,
    t.cost,
    t.unpriced_count
  from together as t
  -- n:1, the count is one row
  cross join rate_count as n
  where n.entries > 0
),

-- The kinds of rates that there are, by what they name. The higher its rank, the more exact is the kind: customer
-- before service before direction before country. On a day there is one rate of a kind at most for a cost: one wins.
kinds as (
  select
    case when customer_id <> '' then 1 else 0 end as names_customer,
    case when service <> '' then 1 else 0 end as names_service,
    case when direction <> '' then 1 else 0 end as names_direction,
    case when country_prefix <> '' then 1 else 0 end as names_country
  from rates
  group by
    case when customer_id <> '' then 1 else 0 end,
    case when service <> '' then 1 else 0 end,
    case when direction <> '' then 1 else 0 end,
    case when country_prefix <> '' then 1 else 0 end
),

subjects as (
  select since, customer_id, currency, service, direction, calling_code
  from lines
  where customer_id <> 'unallocated'
  group by since, customer_id, currency, service, direction, calling_code
),

-- What a rate of each kind would have to name. What a cost does not have, no rate can name.
wanted as (
  select
    u.since,
    u.customer_id,
    u.currency,
    u.service,
    u.direction,
    u.calling_code,
    case when k.names_customer = 1 then u.customer_id else '' end as rate_customer,
    case when k.names_service = 1 then u.service else '' end as rate_service,
    case when k.names_direction = 1 then u.direction else '' end as rate_direction,
    case when k.names_country = 1 then u.calling_code else '' end as rate_country,
    8 * k.names_customer + 4 * k.names_service + 2 * k.names_direction + k.names_country as rate_rank
  from subjects as u
  -- n:m on purpose, each subject with each of at most 16 kinds
  cross join kinds as k
  where (k.names_direction = 0 or u.direction <> '') and (k.names_country = 0 or u.calling_code <> '')
),

ranked as (
  select
    w.since,
    w.customer_id,
    w.currency,
    w.service,
    w.direction,
    w.calling_code,
    r.line,
    r.markup_percent,
    r.price_per_unit,
    row_number() over (
      partition by w.since, w.customer_id, w.currency, w.service, w.direction, w.calling_code
      order by w.rate_rank desc, r.line
    ) as place
  from wanted as w
  -- n:1, of one key one rate holds on a day: the file is refused where two do
  join rates as r
    on r.customer_id = w.rate_customer
    and r.service = w.rate_service
    and r.direction = w.rate_direction
    and r.country_prefix = w.rate_country
    and r.currency = w.currency
    and coalesce(r.valid_from, date '0001-01-01') <= w.since
    and coalesce(r.valid_to, date '9999-12-31') > w.since
),

rated as (
  select
    l.month,
    l.customer_id,
    max(l.customer_name) as customer_name,
    l.currency,
    l.service,
    l.family,
    l.direction,
    l.calling_code,
    r.line as rate_line,
    cast(sum(l.record_count) as bigint) as record_count,
    cast(sum(l.quantity) as bigint) as quantity,
    case l.service when 'calls' then 'minute' when 'messages' then 'segment' else '' end as unit,
    sum(l.cost) as cost,
    r.markup_percent,
    r.price_per_unit,
    cast(sum(l.unpriced_count) as bigint) as unpriced_count
  from lines as l
  -- n:1, one rate has the first place
  left join ranked as r
    on r.since = l.since
    and r.customer_id = l.customer_id
    and r.currency = l.currency
    and r.service = l.service
    and r.direction = l.direction
    and r.calling_code = l.calling_code
    and r.place = 1
  group by
    l.month,
    l.customer_id,
    l.currency,
    l.service,
    l.family,
    l.direction,
    l.calling_code,
    r.line,
    r.markup_percent,
    r.price_per_unit
),

-- Rounded in each branch, before the two come together: of two scales the common type would keep the smaller one.
charged as (
  select
    r.month,
    r.customer_id,
    r.customer_name,
    r.currency,
    r.service,
    r.family,
    r.direction,
    r.calling_code,
    r.rate_line,
    r.record_count,
    r.quantity,
    r.unit,
    r.cost,
    r.markup_percent,
    r.price_per_unit,
    case
      when r.markup_percent is not null
        then minor_units(r.cost * (1 + r.markup_percent * 0.01), cast(c.minor_unit as integer))
      when r.price_per_unit is not null
        then minor_units(r.price_per_unit * r.quantity, cast(c.minor_unit as integer))
    end as charge,
    r.unpriced_count
  from rated as r
  -- n:1, a currency is listed once
  left join currencies as c on c.currency = r.currency
),

final as (
  select
    month,
    customer_id,
    customer_name,
    currency,
    service,
    family,
    direction,
    calling_code,
    rate_line,
    record_count,
    quantity,
    unit,
    cost,
    markup_percent,
    price_per_unit,
    charge,
    charge - cost as margin,
    unpriced_count
  from charged
)

select
  month, customer_id, customer_name, currency, service, family, direction, calling_code, rate_line, record_count,
  quantity, unit, cost, markup_percent, price_per_unit, charge, margin, unpriced_count
from final
order by month, customer_id, currency, service, family, direction, calling_code, rate_line
