-- purpose:    What an account's message prices hold, found out from the days on which nothing else is open: Twilio says
--             both that they hold the carriers' fees and that usage lists those apart. Under which reading do most days
--             agree to the last digit?
-- kind:       period
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      compared_days
-- grain:      account_sid, currency
-- order:      none
-- columns:
--   account_sid            VARCHAR
--   currency               VARCHAR        ISO 4217
--   fee_days               BIGINT         days and families with carriers' fees that could be compared
--   fee_days_apart         BIGINT         of those, agree if prices are without the fees
--   fee_days_in_price      BIGINT         of those, agree if prices hold the fees
--   residual_apart         DECIMAL(38,8)  what is left over all of them if prices are without the fees
--   residual_in_price      DECIMAL(38,8)  what is left over all of them if prices hold the fees
--   carrier_fees           VARCHAR        apart, in_price, or undetermined where neither fits better; none without fees
--   failed_days            BIGINT         days and families with messages that failed and have a price
--   failed_days_in_family  BIGINT         of those, agree if usage counts their fee with the messages
--   failed_days_apart      BIGINT         of those, agree if usage lists their fee apart
--   failed_fees            VARCHAR        in_family, apart, undetermined or none
with compared as (
  select
    account_sid,
    currency,
    carrier_fee_cost,
    failed_cost,
    usage_cost - item_cost as difference
  from compared_days
  where
    service = 'messages'
    and usage_known
    and usage_final
    and list_complete
    and unpriced_count = 0
    and item_count > 0
    -- Nothing in usage but of failed messages: it stands in another currency, or on another day.
    and (usage_count > 0 or item_cost = failed_cost)
    and (carrier_fee_cost <> 0 or failed_cost <> 0)
    and day >= $start
    and day < $end
),

fitted as (
  select
    account_sid,
    currency,
    sum(case when carrier_fee_cost <> 0 then 1 else 0 end) as fee_days,
    sum(case when failed_cost <> 0 then 1 else 0 end) as failed_days,
    sum(case when carrier_fee_cost <> 0 then difference else 0 end) as residual_apart,
    sum(case when carrier_fee_cost <> 0 then difference + carrier_fee_cost else 0 end) as residual_in_price,
    sum(case when carrier_fee_cost <> 0 and difference in (0, -failed_cost) then 1 else 0 end) as fee_days_apart,
    sum(
      case
        when carrier_fee_cost <> 0 and difference + carrier_fee_cost in (0, -failed_cost) then 1
        else 0
      end
    ) as fee_days_in_price,
    sum(case when failed_cost <> 0 and difference in (0, -carrier_fee_cost) then 1 else 0 end) as failed_days_in_family,
    sum(
      case when failed_cost <> 0 and difference + failed_cost in (0, -carrier_fee_cost) then 1 else 0 end
    ) as failed_days_apart
  from compared
  group by account_sid, currency
),

final as (
  select
    account_sid,
    currency,
    cast(fee_days as bigint) as fee_days,
    cast(fee_days_apart as bigint) as fee_days_apart,
    cast(fee_days_in_price as bigint) as fee_days_in_price,
    residual_apart,
    residual_in_price,
    case
      when fee_days = 0 then 'none'
      when fee_days_apart > fee_days_in_price then 'apart'
      when fee_days_in_price > fee_days_apart then 'in_price'
      else 'undetermined'
    end as carrier_fees,
    cast(failed_days as bigint) as failed_days,
    cast(failed_days_in_family as bigint) as failed_days_in_family,
    cast(failed_days_apart as bigint) as failed_days_apart,
    case
      when failed_days = 0 then 'none'
      when failed_days_in_family > failed_days_apart then 'in_family'
      when failed_days_apart > failed_days_in_family then 'apart'
      else 'undetermined'
    end as failed_fees
  from fitted
)

select
  account_sid, currency, fee_days, fee_days_apart, fee_days_in_price, residual_apart, residual_in_price, carrier_fees,
  failed_days, failed_days_in_family, failed_days_apart, failed_fees
from final
