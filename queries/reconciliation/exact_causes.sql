-- purpose:    Causes of which the amount is known exactly, by account, day, currency and family: what they explain of
--             the difference between usage and records, and what they leave. What agrees, and families that no list
--             itemises, need no cause to be looked for, and are left out: nearly all rows.
-- kind:       period
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      compared_days, fee_conventions, usage_remainders, usage_restatements, usage_categories,
--             category_ancestors, price_history, vanished_records, calls, messages, usage_days
-- grain:      account_sid, day, currency, family
-- order:      none
-- columns:
--   account_sid          VARCHAR
--   day                  DATE           UTC
--   currency             VARCHAR        ISO 4217
--   family               VARCHAR
--   difference           DECIMAL(38,8)  usage less records
--   carrier_fees         DECIMAL(38,8)  held by the prices of messages, listed apart by usage
--   failed_message_fees  DECIMAL(38,8)  prices of messages that failed, listed apart by usage
--   currency_mismatch    DECIMAL(38,8)  usage stands in another currency than the records
--   restated             DECIMAL(38,8)  usage or a price was changed, and the other one was not
--   deleted_at_twilio    DECIMAL(38,8)  records that vanished, kept here, and that usage no longer counts
--   not_itemised         DECIMAL(38,8)  no list shows it
--   day_attribution      DECIMAL(38,8)  usage counts it on the day beside
--   residual             DECIMAL(38,8)  what they leave of the difference
-- What most accounts do, for one without a day that tells: each of its days may hold a record without a price.
with common_conventions as (
  select
    currency,
    case when sum(fee_days_in_price) > sum(fee_days_apart) then 'in_price' else 'apart' end as carrier_fees,
    case when sum(failed_days_apart) > sum(failed_days_in_family) then 'apart' else 'in_family' end as failed_fees
  from fee_conventions
  group by currency
),

-- Accounts of which usage lists the fee apart at all.
failed_fees_listed as (
  select account_sid, currency
  from usage_days
  where failed_message_fee_cost <> 0 and day >= $start - 1 and day < $end + 1
  group by account_sid, currency
),

conventional as (
  select
    d.account_sid,
    d.day,
    d.currency,
    d.family,
    d.service,
    d.item_count,
    d.item_cost,
    d.usage_count,
    d.usage_cost,
    d.list_complete,
    d.usage_cost - d.item_cost as difference,
    -- Prices that were not read hold no fee.
    case
      when
        d.service = 'messages'
        and d.item_count > 0
        and d.list_complete
        and coalesce(nullif(c.carrier_fees, 'none'), o.carrier_fees) = 'in_price'
        then -d.carrier_fee_cost
      else cast(0 as decimal(38, 8))
    end as carrier_fees,
    case
      when
        d.service = 'messages'
        and l.account_sid is not null
        and coalesce(nullif(c.failed_fees, 'none'), o.failed_fees) = 'apart'
        then -d.failed_cost
      else cast(0 as decimal(38, 8))
    end as failed_message_fees,
    -- What no list shows. Unknown categories may stand inside known ones: the rest of totalprice need not be all of
    -- them.
    case
      when d.service is not null then cast(0 as decimal(38, 8))
      when d.usage_cost between least(0, d.unlisted_cost) and greatest(0, d.unlisted_cost) then d.usage_cost
      else cast(0 as decimal(38, 8))
    end as not_itemised
  from compared_days as d
  -- n:1 each, found out once for each account and currency, or for each currency
  left join fee_conventions as c on c.account_sid = d.account_sid and c.currency = d.currency
  left join common_conventions as o on o.currency = d.currency
  left join failed_fees_listed as l on l.account_sid = d.account_sid and l.currency = d.currency
  where
    d.day >= $start - 1
    and d.day < $end + 1
    and d.usage_known
    and not (d.service is null and d.family <> 'uncategorised')
    and not (
      d.service is not null
      and d.usage_cost = d.item_cost
      and d.carrier_fee_cost = 0
      and d.failed_cost = 0
    )
),

-- One currency in usage and another one of as many records.
mismatched as (
  select account_sid, day, family
  from conventional
  where service is not null and difference <> 0
  group by account_sid, day, family
  having
    count(*) = 2
    and sum(case when item_count = 0 then 1 else 0 end) = 1
    and sum(case when usage_count = 0 and usage_cost = 0 then 1 else 0 end) = 1
    and sum(item_count) = sum(usage_count)
),

-- 1:1, both are keyed by account, day and family
matched as (
  select
    c.account_sid,
    c.day,
    c.currency,
    c.family,
    c.difference,
    c.carrier_fees,
    c.failed_message_fees,
    c.not_itemised,
    case
      when m.account_sid is not null then c.difference - c.carrier_fees - c.failed_message_fees
      else cast(0 as decimal(38, 8))
    end as currency_mismatch,
    case
      when m.account_sid is not null then cast(0 as decimal(38, 8))
      else c.difference - c.carrier_fees - c.failed_message_fees - c.not_itemised
    end as open_cost,
    c.usage_count - c.item_count as count_difference,
    c.list_complete
  from conventional as c
  left join mismatched as m on m.account_sid = c.account_sid and m.day = c.day and m.family = c.family
),

-- Candidates: amounts that may be the difference, or no part of it. They count where they fit it to the last digit.
restated_usage as (
  select
    r.account_sid,
    r.day,
    r.currency,
    r.ordinal,
    c.category,
    c.family,
    r.cost - r.previous_cost as change
  from usage_restatements as r
  -- n:1, a category is listed once
  join usage_categories as c on c.category = r.category
  where c.itemised_by is not null and r.day >= $start - 1 and r.day < $end + 1
),

-- A change inside a category that changed itself is a part of that one's.
-- 1:n, as a category may stand inside several; grouped to the change again
inner_changes as (
  select i.ordinal
  from restated_usage as i
  join category_ancestors as a on a.category = i.category
  join restated_usage as o
    on o.account_sid = i.account_sid
    and o.day = i.day
    and o.currency = i.currency
    and o.category = a.ancestor
  group by i.ordinal
),

-- n:1 each, a change and a vanished record are known once by their ordinal, their sid
candidates as (
  select r.account_sid, r.day, r.currency, r.family, 'usage' as kind, r.change as cost, 0 as record_count
  from restated_usage as r
  left join inner_changes as i on i.ordinal = r.ordinal
  where i.ordinal is null
  union all
  select account_sid, cast(charged_at as date) as day, currency, family, 'price' as kind, previous_cost - cost as cost,
    0 as record_count
  from price_history
  where
    cost is not null
    and previous_cost is not null
    and currency = previous_currency
    and charged_at >= cast($start - 1 as timestamp)
    and charged_at < cast($end + 1 as timestamp)
  union all
  select c.account_sid, cast(c.charged_at as date) as day, c.currency, c.family, 'vanished' as kind, -c.cost as cost,
    1 as record_count
  from vanished_records as v
  join calls as c on c.sid = v.sid and v.service = 'calls' and c.observed_at <= v.last_seen_at
  where v.charged_at >= cast($start - 1 as timestamp) and v.charged_at < cast($end + 1 as timestamp)
  union all
  select m.account_sid, cast(m.charged_at as date) as day, m.currency, m.family, 'vanished' as kind, -m.cost as cost,
    1 as record_count
  from vanished_records as v
  join messages as m on m.sid = v.sid and v.service = 'messages' and m.observed_at <= v.last_seen_at
  where v.charged_at >= cast($start - 1 as timestamp) and v.charged_at < cast($end + 1 as timestamp)
  union all
  -- Less than its parts is no charge that lists do not show: usage contradicts itself, and that stays unexplained.
  select account_sid, day, currency, family, 'remainder' as kind, remainder as cost, 0 as record_count
  from usage_remainders
  where remainder > 0 and day >= $start - 1 and day < $end + 1
),

candidate_days as (
  select
    account_sid,
    day,
    currency,
    family,
    sum(case when kind = 'usage' then cost else 0 end) as usage_change,
    sum(case when kind = 'price' then cost else 0 end) as price_change,
    sum(case when kind = 'vanished' then cost else 0 end) as vanished_cost,
    sum(record_count) as vanished_count,
    sum(case when kind = 'remainder' then cost else 0 end) as remainder
  from candidates
  group by account_sid, day, currency, family
),

bits as (
  select 0 as bit
  union all
  select 1 as bit
),

-- n:m on purpose: which of them are in, all sixteen ways.
choices as (
  select
    u.bit as takes_usage,
    p.bit as takes_price,
    v.bit as takes_vanished,
    r.bit as takes_remainder,
    u.bit + p.bit + v.bit + r.bit as taken
  from bits as u
  cross join bits as p
  cross join bits as v
  cross join bits as r
),

-- 1:1, both are keyed by account, day, currency and family; n:m with the choices on purpose, the first that fits is
-- kept
ranked as (
  select
    m.account_sid,
    m.day,
    m.currency,
    m.family,
    c.takes_usage * d.usage_change + c.takes_price * d.price_change as restated,
    c.takes_vanished * d.vanished_cost as deleted_at_twilio,
    c.takes_remainder * d.remainder as not_itemised,
    row_number() over (
      partition by m.account_sid, m.day, m.currency, m.family
      order by c.taken, c.takes_usage desc, c.takes_price desc, c.takes_vanished desc
    ) as place
  from matched as m
  join candidate_days as d
    on d.account_sid = m.account_sid
    and d.day = m.day
    and d.currency = m.currency
    and d.family = m.family
  cross join choices as c
  where
    m.open_cost <> 0
    and m.open_cost = c.takes_usage * d.usage_change + c.takes_price * d.price_change
    + c.takes_vanished * d.vanished_cost + c.takes_remainder * d.remainder
    and (c.takes_vanished = 0 or m.count_difference = -d.vanished_count)
),

-- 1:1, the first choice of each account, day, currency and family
fitted as (
  select
    m.account_sid,
    m.day,
    m.currency,
    m.family,
    m.difference,
    m.carrier_fees,
    m.failed_message_fees,
    m.currency_mismatch,
    coalesce(f.restated, cast(0 as decimal(38, 8))) as restated,
    coalesce(f.deleted_at_twilio, cast(0 as decimal(38, 8))) as deleted_at_twilio,
    m.not_itemised + coalesce(f.not_itemised, cast(0 as decimal(38, 8))) as not_itemised,
    case when f.account_sid is null then m.open_cost else cast(0 as decimal(38, 8)) end as open_cost,
    m.count_difference,
    m.list_complete
  from matched as m
  left join ranked as f
    on f.account_sid = m.account_sid
    and f.day = m.day
    and f.currency = m.currency
    and f.family = m.family
    and f.place = 1
),

-- The same amount and the same number of records, missing on one day and too much on the next.
neighbours as (
  select
    account_sid,
    day,
    currency,
    family,
    open_cost,
    count_difference,
    lead(day) over (partition by account_sid, currency, family order by day) as next_day,
    lead(open_cost) over (partition by account_sid, currency, family order by day) as next_cost,
    lead(count_difference) over (partition by account_sid, currency, family order by day) as next_count
  from fitted
  where open_cost <> 0 and count_difference <> 0 and list_complete
),

opposite as (
  select
    account_sid,
    day,
    currency,
    family,
    day - cast(
      row_number() over (partition by account_sid, currency, family order by day) as integer
    ) as run_start
  from neighbours
  where next_day = day + 1 and next_cost = -open_cost and next_count = -count_difference
),

-- In a row of such days each belongs to one pair only.
placed as (
  select
    account_sid,
    day,
    currency,
    family,
    row_number() over (partition by account_sid, currency, family, run_start order by day) as place
  from opposite
),

pairs as (
  select account_sid, day, currency, family
  from placed
  where place % 2 = 1
  union all
  select account_sid, day + 1 as day, currency, family
  from placed
  where place % 2 = 1
),

-- 1:1, a day stands in one pair at most
final as (
  select
    f.account_sid,
    f.day,
    f.currency,
    f.family,
    f.difference,
    f.carrier_fees,
    f.failed_message_fees,
    f.currency_mismatch,
    f.restated,
    f.deleted_at_twilio,
    f.not_itemised,
    case when p.account_sid is not null then f.open_cost else cast(0 as decimal(38, 8)) end as day_attribution,
    case when p.account_sid is null then f.open_cost else cast(0 as decimal(38, 8)) end as residual
  from fitted as f
  left join pairs as p
    on p.account_sid = f.account_sid
    and p.day = f.day
    and p.currency = f.currency
    and p.family = f.family
)

select
  account_sid, day, currency, family, difference, carrier_fees, failed_message_fees, currency_mismatch, restated,
  deleted_at_twilio, not_itemised, day_attribution, residual
from final
