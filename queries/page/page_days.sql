-- purpose:    Cost by day and currency, of calls, messages and the rest: the lines of report.html.
-- kind:       query
-- parameters: none
-- reads:      report_customer_statement, report_completeness
-- grain:      currency, day
-- order:      currency, day
-- columns:
--   currency       VARCHAR        ISO 4217; records without a currency have no cost, and are left out
--   day            DATE           UTC
--   calls_cost     DECIMAL(38,8)  of the priced ones; positive = Twilio charged us; empty where the list of no account
--                                 is known of the day
--   messages_cost  DECIMAL(38,8)  likewise
--   other_cost     DECIMAL(38,8)  likewise of Usage Records; else of the accounts of which they are known
--   known_cost     DECIMAL(38,8)  the three together, as far as they are known; empty where none is
--   open_calls     BIGINT         accounts of which calls are not known whole on the day
--   open_messages  BIGINT         likewise messages
--   open_usage     BIGINT         likewise Usage Records
with open_lists as (
  select
    day,
    account_sid,
    resource,
    case when status in ('complete', 'empty') and quarantined_count = 0 then 0 else 1 end as is_open
  from report_completeness
  union all
  select day, account_sid, 'usage_records' as resource, 1 as is_open
  from report_customer_statement
  where service = 'other' and cost is null
),

lists as (
  select day, account_sid, resource, max(is_open) as is_open
  from open_lists
  group by day, account_sid, resource
),

coverage as (
  select
    day,
    cast(sum(case when resource = 'calls' then is_open else 0 end) as bigint) as open_calls,
    cast(sum(case when resource = 'messages' then is_open else 0 end) as bigint) as open_messages,
    cast(sum(case when resource = 'usage_records' then is_open else 0 end) as bigint) as open_usage,
    min(case when resource = 'calls' then is_open end) as calls_unknown,
    min(case when resource = 'messages' then is_open end) as messages_unknown,
    min(case when resource = 'usage_records' then is_open end) as usage_unknown
  from lists
  group by day
),

costs as (
  select
    currency,
    day,
    sum(case when service = 'calls' then cost end) as calls_cost,
    sum(case when service = 'messages' then cost end) as messages_cost,
    sum(case when service = 'other' then cost end) as other_cost,
    sum(cost) as known_cost
  from report_customer_statement
  where currency <> ''
  group by currency, day
),

used as (
  select currency
  from costs
  group by currency
),

-- What has no line on a day was nothing where the day is known of at least one account, and is not known otherwise.
final as (
  select
    k.currency,
    d.day,
    coalesce(c.calls_cost, case when d.calls_unknown = 0 then cast(0 as decimal(38, 8)) end) as calls_cost,
    coalesce(c.messages_cost, case when d.messages_unknown = 0 then cast(0 as decimal(38, 8)) end) as messages_cost,
    coalesce(c.other_cost, case when d.usage_unknown = 0 then cast(0 as decimal(38, 8)) end) as other_cost,
    coalesce(
      c.known_cost,
      case
        when d.calls_unknown = 0 or d.messages_unknown = 0 or d.usage_unknown = 0 then cast(0 as decimal(38, 8))
      end
    ) as known_cost,
    d.open_calls,
    d.open_messages,
    d.open_usage
  from used as k
  -- n:m on purpose, every currency with every day
  cross join coverage as d
  -- 1:1, grouped by currency and day; none where the day has no line
  left join costs as c on c.currency = k.currency and c.day = d.day
)

select
  currency, day, calls_cost, messages_cost, other_cost, known_cost, open_calls, open_messages, open_usage
from final
order by currency, day
