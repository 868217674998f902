-- purpose:    Months whose corrections.csv holds corrections of one closed month: where they were found.
-- kind:       query
-- parameters: $start DATE first day of the closed month, UTC
-- reads:      closed_corrections
-- grain:      found_month
-- order:      found_month
-- columns:
--   found_month  VARCHAR  YYYY-MM, UTC
select strftime(found_on, '%Y-%m') as found_month
from closed_corrections
where corrected_month = $start
group by strftime(found_on, '%Y-%m')
order by found_month
