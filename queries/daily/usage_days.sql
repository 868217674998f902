-- purpose:    Twilio's own daily totals by account and currency: what calls and messages itemise, and the rest.
-- kind:       daily
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      usage_records, usage_families
-- grain:      account_sid, day, currency
-- order:      none
-- columns:
--   account_sid              VARCHAR
--   day                      DATE           UTC
--   currency                 VARCHAR        ISO 4217
--   total_price_cost         DECIMAL(38,8)  Twilio's `totalprice`; null where Twilio sent none
--   calls_usage_cost         DECIMAL(38,8)  categories that the call list itemises
--   messages_usage_cost      DECIMAL(38,8)  categories that the message list itemises
--   other_cost               DECIMAL(38,8)  totalprice less both; null where there is no totalprice
--   failed_message_fee_cost  DECIMAL(38,8)  Twilio's `failed-message-processing-fee`; 0 where usage lists none
--   as_of                    TIMESTAMP      UTC, up to when Twilio had counted `totalprice`; null where it sent none
with totals as (
  select
    account_sid,
    day,
    currency,
    sum(case when category = 'totalprice' then cost end) as total_price_cost,
    sum(case when category = 'failed-message-processing-fee' then cost end) as failed_message_fee_cost,
    max(case when category = 'totalprice' then as_of end) as as_of
  from usage_records
  where day >= $start and day < $end
  group by account_sid, day, currency
),

itemised as (
  select
    account_sid,
    day,
    currency,
    sum(case when itemised_by = 'calls' then cost end) as calls_usage_cost,
    sum(case when itemised_by = 'messages' then cost end) as messages_usage_cost
  from usage_families
  where itemised_by is not null and day >= $start and day < $end
  group by account_sid, day, currency
),

parted as (
  select
    t.account_sid,
    t.day,
    t.currency,
    t.total_price_cost,
    coalesce(t.failed_message_fee_cost, cast(0 as decimal(38, 8))) as failed_message_fee_cost,
    t.as_of,
    coalesce(i.calls_usage_cost, cast(0 as decimal(38, 8))) as calls_usage_cost,
    coalesce(i.messages_usage_cost, cast(0 as decimal(38, 8))) as messages_usage_cost
  from totals as t
  -- 1:1, both are grouped by account, day and currency
  left join itemised as i
    on i.account_sid = t.account_sid
    and i.day = t.day
    and i.currency = t.currency
),

final as (
  select
    account_sid,
    day,
    currency,
    total_price_cost,
    calls_usage_cost,
    messages_usage_cost,
    total_price_cost - calls_usage_cost - messages_usage_cost as other_cost,
    failed_message_fee_cost,
    as_of
  from parted
)

select account_sid, day, currency, total_price_cost, calls_usage_cost, messages_usage_cost, other_cost,
  failed_message_fee_cost, as_of
from final
