-- purpose:    What each customer cost as a journal entry per month and currency, to be booked at the month's end: cost
--             against an accrued liability to Twilio.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      account_day_costs, known_days, account_customers, currencies, journal_accounts
-- grain:      external_id, line
-- order:      external_id, line
-- columns:
--   external_id     VARCHAR        of the entry, the same in every run: month, currency and the customer in letters
--                                  that accounting systems take; at most 55 characters
--   journal_number  VARCHAR        the same in at most 21 characters, as QuickBooks Online wants it
--   line            INTEGER        1 = calls, 2 = messages, 3 = other Twilio cost, 4 = the liability; none of 0
--   date            DATE           UTC, last day of the month
--   account         VARCHAR        journal_accounts.csv says which
--   debit           DECIMAL(38,4)  in currency, rounded to its minor unit, half away from zero; empty on a credit line
--   credit          DECIMAL(38,4)  likewise; a negative cost is a credit
--   currency        VARCHAR        ISO 4217
--   customer        VARCHAR        customer_id; `unallocated` = of accounts that map to nobody
--   memo            VARCHAR        of the entry: what it is of, and what is not in it
--   exact_amount    DECIMAL(38,8)  in currency, not rounded; positive = debit; of an entry together: 0
-- What has no currency has no price either, and cannot be booked.
with summed as (
  select
    month,
    customer_id,
    max(customer_name) as customer_name,
    currency,
    sum(calls_cost) as calls_cost,
    sum(messages_cost) as messages_cost,
    sum(other_cost) as other_cost,
    cast(sum(unpriced_calls + unpriced_messages) as bigint) as unpriced_count
  from account_day_costs
  where day >= $start and day < $end and (currency <> '' or calls_count + messages_count > 0)
  group by month, customer_id, currency
),

known as (
  select month, customer_id, min(case when usage_known then 1 else 0 end) as usage_known
  from account_day_costs
  where day >= $start and day < $end
  group by month, customer_id
),

-- Account-days whose list of calls or messages was not read whole: what is booked of them may lack some.
unread as (
  select
    cast(date_trunc('month', k.day) as date) as month,
    coalesce(c.customer_id, 'unallocated') as customer_id,
    sum(case when k.calls_complete then 0 else 1 end) as calls_days,
    sum(case when k.messages_complete then 0 else 1 end) as messages_days
  from known_days as k
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = k.account_sid
    and c.valid_from <= k.day
    and c.valid_to > k.day
  where k.day >= $start and k.day < $end and not (k.calls_complete and k.messages_complete)
  group by cast(date_trunc('month', k.day) as date), coalesce(c.customer_id, 'unallocated')
),

entries as (
  select
    s.month,
    s.customer_id,
    s.currency,
    m.minor_unit,
    s.calls_cost,
    s.messages_cost,
    case when k.usage_known = 1 then s.other_cost end as other_cost,
    'subledger-' || left(cast(s.month as varchar), 7) || '-' || s.currency || '-' || customer_key(s.customer_id)
      as external_id,
    'SL' || substr(cast(s.month as varchar), 3, 2) || substr(cast(s.month as varchar), 6, 2) || s.currency || '-'
      || left(md5(s.customer_id), 11) as journal_number,
    'Twilio ' || left(cast(s.month as varchar), 7) || ', ' || left(s.customer_name, 100)
      || case when k.usage_known = 1 then '' else '; other Twilio cost is not known, so not in here' end
      || case
        when coalesce(i.calls_days, 0) = 0 then ''
        else '; calls are not known whole on account-days: ' || cast(i.calls_days as varchar)
      end
      || case
        when coalesce(i.messages_days, 0) = 0 then ''
        else '; messages are not known whole on account-days: ' || cast(i.messages_days as varchar)
      end
      || case
        when s.unpriced_count = 0 then ''
        else '; without a price, so not in here: ' || cast(s.unpriced_count as varchar)
      end
      || case
        when n.unpriced_count is null then ''
        else '; without price and currency, so in no entry: ' || cast(n.unpriced_count as varchar)
      end as memo
  from summed as s
  -- n:1 each, a currency and a customer's month are listed once; a currency that is none has no minor unit
  left join currencies as m on m.currency = s.currency
  join known as k on k.month = s.month and k.customer_id = s.customer_id
  left join unread as i on i.month = s.month and i.customer_id = s.customer_id
  left join summed as n on n.month = s.month and n.customer_id = s.customer_id and n.currency = ''
  where s.currency <> ''
),

costs as (
  select month, customer_id, currency, minor_unit, 'calls' as role, 1 as line, calls_cost as exact_amount
  from entries
  union all
  select month, customer_id, currency, minor_unit, 'messages' as role, 2 as line, messages_cost as exact_amount
  from entries
  union all
  select month, customer_id, currency, minor_unit, 'other' as role, 3 as line, other_cost as exact_amount
  from entries
  where other_cost is not null
),

-- The branches are cast one by one: a CASE over decimals of several scales would have the scale of the first.
rounded as (
  select
    month,
    customer_id,
    currency,
    role,
    line,
    exact_amount,
    case minor_unit
      when '0' then cast(round(exact_amount, 0) as decimal(38, 4))
      when '2' then cast(round(exact_amount, 2) as decimal(38, 4))
      when '3' then cast(round(exact_amount, 3) as decimal(38, 4))
      else cast(round(exact_amount, 4) as decimal(38, 4))
    end as amount
  from costs
),

booked as (
  select month, customer_id, currency, role, line, exact_amount, amount
  from rounded
  where amount <> 0
),

owed as (
  select
    month,
    customer_id,
    currency,
    'liability' as role,
    4 as line,
    -sum(exact_amount) as exact_amount,
    -sum(amount) as amount
  from booked
  group by month, customer_id, currency
),

lines as (
  select month, customer_id, currency, role, line, exact_amount, amount
  from booked
  union all
  select month, customer_id, currency, role, line, exact_amount, amount
  from owed
  where amount <> 0
),

final as (
  select
    e.external_id,
    e.journal_number,
    l.line,
    cast(l.month + interval 1 month - interval 1 day as date) as date,
    a.account,
    case when l.amount > 0 then l.amount end as debit,
    case when l.amount < 0 then -l.amount end as credit,
    l.currency,
    l.customer_id as customer,
    e.memo,
    l.exact_amount
  from lines as l
  -- n:1, an entry is made once
  join entries as e on e.month = l.month and e.customer_id = l.customer_id and e.currency = l.currency
  -- n:1, a role has one account
  join journal_accounts as a on a.role = l.role
)

select external_id, journal_number, line, date, account, debit, credit, currency, customer, memo, exact_amount
from final
order by external_id, line
