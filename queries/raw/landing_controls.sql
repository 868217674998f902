-- purpose:    Control totals of one landing file, by currency, as they go into the manifest.
-- kind:       query
-- parameters: none
-- reads:      landing_batch
-- grain:      currency
-- order:      currency
-- columns:
--   currency      VARCHAR        upper case; empty where Twilio gives none
--   row_count     BIGINT
--   priced_count  BIGINT         prices that are plain decimals which fit DECIMAL(18,8)
--   price_sum     DECIMAL(38,8)  of those, with Twilio's sign
with final as (
  select
    coalesce(upper(price_unit), '') as currency,
    count(*) as row_count,
    count(*) filter (where regexp_full_match(price, '-?\d{1,10}(\.\d{1,8}0*)?')) as priced_count,
    cast(coalesce(sum(
      case when regexp_full_match(price, '-?\d{1,10}(\.\d{1,8}0*)?') then cast(price as decimal(18, 8)) end
    ), 0) as decimal(38, 8)) as price_sum
  from landing_batch
  group by coalesce(upper(price_unit), '')
)

select currency, row_count, priced_count, price_sum
from final
order by currency
