-- purpose:    The comparison with Usage Records added up by month: for all accounts together, for each customer and for
--             each account, with the amount of each cause.
-- parameters: none
-- reads:      reconciled_days, month_statuses, statuses, account_customers
-- grain:      month, level, subject, currency
-- order:      month, level, subject, currency
-- columns:
--   month                  DATE           UTC, first day
--   level                  VARCHAR        all, customer or account
--   subject                VARCHAR        customer_id, account sid, or all
--   currency               VARCHAR        ISO 4217; empty where neither records nor usage tell it
--   itemised_cost          DECIMAL(38,8)  of the priced records; positive = Twilio charged us
--   unconfirmed_cost       DECIMAL(38,8)  of it, on days of which usage is unknown: compared with nothing
--   usage_cost             DECIMAL(38,8)  of the families that calls and messages itemise, on days of which usage is
--                                         known
--   difference             DECIMAL(38,8)  usage_cost less itemised_cost, unconfirmed_cost left out; the causes add up
--                                         to it
--   unpriced_rows          DECIMAL(38,8)  usage counts the cost of records that have no price yet
--   usage_not_final        DECIMAL(38,8)  Twilio had not finished counting the day
--   deleted_at_twilio      DECIMAL(38,8)  records that only one side still has
--   not_itemised           DECIMAL(38,8)  no list shows it: carriers' fees, recordings, numbers and so on
--   carrier_fees           DECIMAL(38,8)  held by the prices of messages, listed apart by usage
--   failed_message_fees    DECIMAL(38,8)  prices of messages that failed, listed apart by usage
--   day_attribution        DECIMAL(38,8)  usage counts it on the day beside
--   minute_rounding        DECIMAL(38,8)  usage counts other minutes of as many calls
--   currency_mismatch      DECIMAL(38,8)  usage stands in another currency than the records
--   restated               DECIMAL(38,8)  usage or a price was changed, and the other one was not
--   extraction_incomplete  DECIMAL(38,8)  the list of the records was not read whole
--   surplus_rows           DECIMAL(38,8)  rows that are listed and not counted: listed twice, or another account's
--   unexplained            DECIMAL(38,8)  none of these
--   other_cost             DECIMAL(38,8)  usage beyond the families that calls and messages itemise: no difference;
--                                         with usage_cost it adds up to `totalprice`
--   unpriced_count         BIGINT         records without a price
--   status                 VARCHAR        of the worst day: agrees, explained, pending, unknown or differs
with day_rows as (
  select
    r.account_sid,
    coalesce(c.customer_id, 'unallocated') as customer_id,
    cast(date_trunc('month', r.day) as date) as month,
    r.currency,
    r.item_cost,
    case when r.usage_cost is null then r.item_cost else cast(0 as decimal(38, 8)) end as unconfirmed_cost,
    -- A family without an itemised side is no difference, but for what nobody can explain of it.
    case
      when r.service is null then r.unexplained
      else coalesce(r.usage_cost, cast(0 as decimal(38, 8)))
    end as usage_cost,
    case
      when r.service is null then r.unexplained
      else coalesce(r.difference, cast(0 as decimal(38, 8)))
    end as difference,
    r.unpriced_rows,
    r.usage_not_final,
    r.deleted_at_twilio,
    case when r.service is null then cast(0 as decimal(38, 8)) else r.not_itemised end as not_itemised,
    r.carrier_fees,
    r.failed_message_fees,
    r.day_attribution,
    r.minute_rounding,
    r.currency_mismatch,
    r.restated,
    r.extraction_incomplete,
    r.surplus_rows,
    r.unexplained,
    case when r.service is null then r.not_itemised else cast(0 as decimal(38, 8)) end as other_cost,
    r.unpriced_count
  from reconciled_days as r
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = r.account_sid
    and c.valid_from <= r.day
    and c.valid_to > r.day
),

accounts_summed as (
  select
    d.month,
    d.account_sid,
    d.customer_id,
    d.currency,
    sum(d.item_cost) as itemised_cost,
    sum(d.unconfirmed_cost) as unconfirmed_cost,
    sum(d.usage_cost) as usage_cost,
    sum(d.difference) as difference,
    sum(d.unpriced_rows) as unpriced_rows,
    sum(d.usage_not_final) as usage_not_final,
    sum(d.deleted_at_twilio) as deleted_at_twilio,
    sum(d.not_itemised) as not_itemised,
    sum(d.carrier_fees) as carrier_fees,
    sum(d.failed_message_fees) as failed_message_fees,
    sum(d.day_attribution) as day_attribution,
    sum(d.minute_rounding) as minute_rounding,
    sum(d.currency_mismatch) as currency_mismatch,
    sum(d.restated) as restated,
    sum(d.extraction_incomplete) as extraction_incomplete,
    sum(d.surplus_rows) as surplus_rows,
    sum(d.unexplained) as unexplained,
    sum(d.other_cost) as other_cost,
    sum(d.unpriced_count) as unpriced_count
  from day_rows as d
  group by d.month, d.account_sid, d.customer_id, d.currency
),

leveled as (
  select month, 'all' as level, 'all' as subject, currency, itemised_cost, unconfirmed_cost,
    usage_cost, difference, unpriced_rows, usage_not_final,
    deleted_at_twilio, not_itemised, carrier_fees, failed_message_fees, day_attribution, minute_rounding,
    currency_mismatch, restated, extraction_incomplete, surplus_rows, unexplained, other_cost, unpriced_count
  from accounts_summed
  union all
  select month, 'customer' as level, customer_id as subject, currency, itemised_cost, unconfirmed_cost,
    usage_cost, difference, unpriced_rows, usage_not_final,
    deleted_at_twilio, not_itemised, carrier_fees, failed_message_fees, day_attribution, minute_rounding,
    currency_mismatch, restated, extraction_incomplete, surplus_rows, unexplained, other_cost, unpriced_count
  from accounts_summed
  union all
  select month, 'account' as level, account_sid as subject, currency, itemised_cost, unconfirmed_cost,
    usage_cost, difference, unpriced_rows, usage_not_final,
    deleted_at_twilio, not_itemised, carrier_fees, failed_message_fees, day_attribution, minute_rounding,
    currency_mismatch, restated, extraction_incomplete, surplus_rows, unexplained, other_cost, unpriced_count
  from accounts_summed
),

summed as (
  select
    d.month,
    d.level,
    d.subject,
    d.currency,
    sum(d.itemised_cost) as itemised_cost,
    sum(d.unconfirmed_cost) as unconfirmed_cost,
    sum(d.usage_cost) as usage_cost,
    sum(d.difference) as difference,
    sum(d.unpriced_rows) as unpriced_rows,
    sum(d.usage_not_final) as usage_not_final,
    sum(d.deleted_at_twilio) as deleted_at_twilio,
    sum(d.not_itemised) as not_itemised,
    sum(d.carrier_fees) as carrier_fees,
    sum(d.failed_message_fees) as failed_message_fees,
    sum(d.day_attribution) as day_attribution,
    sum(d.minute_rounding) as minute_rounding,
    sum(d.currency_mismatch) as currency_mismatch,
    sum(d.restated) as restated,
    sum(d.extraction_incomplete) as extraction_incomplete,
    sum(d.surplus_rows) as surplus_rows,
    sum(d.unexplained) as unexplained,
    sum(d.other_cost) as other_cost,
    cast(sum(d.unpriced_count) as bigint) as unpriced_count
  from leveled as d
  group by d.month, d.level, d.subject, d.currency
),

-- Of every account, also of one without a record and without usage: it has no amount, and counts where its usage is not
-- known.
leveled_statuses as (
  select month, 'all' as level, 'all' as subject, currency, badness
  from month_statuses
  union all
  select month, 'customer' as level, customer_id as subject, currency, badness
  from month_statuses
  union all
  select month, 'account' as level, account_sid as subject, currency, badness
  from month_statuses
),

worst as (
  select month, level, subject, currency, max(badness) as badness
  from leveled_statuses
  group by month, level, subject, currency
),

final as (
  select
    d.month,
    d.level,
    d.subject,
    d.currency,
    d.itemised_cost,
    d.unconfirmed_cost,
    d.usage_cost,
    d.difference,
    d.unpriced_rows,
    d.usage_not_final,
    d.deleted_at_twilio,
    d.not_itemised,
    d.carrier_fees,
    d.failed_message_fees,
    d.day_attribution,
    d.minute_rounding,
    d.currency_mismatch,
    d.restated,
    d.extraction_incomplete,
    d.surplus_rows,
    d.unexplained,
    d.other_cost,
    d.unpriced_count,
    s.status
  from summed as d
  -- n:1 each, grouped by month, level, subject and currency: its own, and what counts for every currency
  left join worst as o
    on o.month = d.month
    and o.level = d.level
    and o.subject = d.subject
    and o.currency = d.currency
  left join worst as e
    on e.month = d.month
    and e.level = d.level
    and e.subject = d.subject
    and e.currency = ''
  -- n:1, a status is listed once
  join statuses as s on s.badness = greatest(coalesce(o.badness, e.badness, 3), coalesce(e.badness, 3))
)

select
  month, level, subject, currency, itemised_cost, unconfirmed_cost, usage_cost, difference, unpriced_rows,
  usage_not_final, deleted_at_twilio, not_itemised, carrier_fees, failed_message_fees, day_attribution,
  minute_rounding, currency_mismatch, restated, extraction_incomplete, surplus_rows, unexplained, other_cost,
  unpriced_count, status
from final
order by month, level, subject, currency
