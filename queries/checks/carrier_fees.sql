-- purpose:    Prices of messages that hold the carriers' fees, which usage lists apart; and accounts of which that
--             cannot be told.
-- severity:   warn
-- meaning:    Twilio's two ways of counting, found out from the days that agree to the last digit; both residuals are
--             given. Nothing is missing: the fee stands in the messages' cost and once more in other cost. Bill it
--             once.
-- parameters: none
-- reads:      cause_accounts, fee_conventions
-- grain:      subject, detail
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  account sid
--   detail   VARCHAR
with amounts as (
  select account_sid, currency, cost
  from cause_accounts
  where cause = 'carrier_fees'
),

final as (
  select
    f.account_sid as subject,
    case
      when f.carrier_fees = 'in_price' then 'prices hold the carriers'' fees, ' || cast(-a.cost as varchar) || ' '
      else 'whether prices hold the carriers'' fees cannot be told, in '
    end
    || f.currency || ': left over with that reading ' || cast(f.residual_in_price as varchar) || ' ('
    || cast(f.fee_days_in_price as varchar) || ' of ' || cast(f.fee_days as varchar)
    || ' days agree), with fees apart from prices ' || cast(f.residual_apart as varchar) || ' ('
    || cast(f.fee_days_apart as varchar) || ' agree)' as detail
  from fee_conventions as f
  -- 1:1, both are keyed by account and currency
  left join amounts as a on a.account_sid = f.account_sid and a.currency = f.currency
  where
    (f.carrier_fees = 'in_price' and a.cost <> 0)
    or (f.carrier_fees = 'undetermined' and f.residual_apart <> 0)
  union all
  select
    a.account_sid as subject,
    'prices hold the carriers'' fees, ' || cast(-a.cost as varchar) || ' ' || a.currency
    || ', as on most other accounts: it has no day by which that could be told' as detail
  from amounts as a
  -- 1:1, both are keyed by account and currency
  left join fee_conventions as f on f.account_sid = a.account_sid and f.currency = a.currency
  where coalesce(f.carrier_fees, 'none') = 'none'
)

select subject, detail
from final
order by subject, detail
