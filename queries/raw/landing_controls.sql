-- purpose:    Control totals of one landing file, by currency, as they go into the manifest; and those of the rows whose pages were
--             landed whole, which must be what was received.
-- kind:       query
-- parameters: none
-- reads:      landing_batch
-- grain:      currency
-- order:      currency
-- columns:
--   currency            VARCHAR        upper case; empty where Twilio gives none
--   row_count           BIGINT
--   priced_count        BIGINT         prices that are plain decimals which fit DECIMAL(18,8)
--   price_sum           DECIMAL(38,8)  of those, with Twilio's sign
--   whole_row_count     BIGINT         of pages that were landed whole, like the next two
--   whole_priced_count  BIGINT
--   whole_price_sum     DECIMAL(38,8)
with prices as (
  select
    coalesce(upper(price_unit), '') as currency,
    case when regexp_full_match(price, '-?\d{1,10}(\.\d{1,8}0*)?') then cast(price as decimal(18, 8)) end as price,
    is_whole
  from landing_batch
),

final as (
  select
    currency,
    count(*) as row_count,
    count(price) as priced_count,
    cast(coalesce(sum(price), 0) as decimal(38, 8)) as price_sum,
    count(*) filter (where is_whole) as whole_row_count,
    count(price) filter (where is_whole) as whole_priced_count,
    cast(coalesce(sum(price) filter (where is_whole), 0) as decimal(38, 8)) as whole_price_sum
  from prices
  group by currency
)

select
  currency, row_count, priced_count, price_sum, whole_row_count, whole_priced_count, whole_price_sum
from final
order by currency
