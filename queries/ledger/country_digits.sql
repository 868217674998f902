-- purpose:    The country that the first four digits of a telephone number tell, for all of them that tell one.
-- kind:       lookup
-- parameters: none
-- reads:      country_prefixes
-- grain:      digits
-- order:      none
-- columns:
--   digits        VARCHAR  the first four; three digits where the fourth was not kept: 353* and the like
--   place         INTEGER  one number for each calling code and country, from 1
--   calling_code  VARCHAR  without plus
--   country_code  VARCHAR  ISO 3166-1 alpha-2; empty where the code is no country's
with digits as (
  select 0 as digit
  union all select 1 as digit
  union all select 2 as digit
  union all select 3 as digit
  union all select 4 as digit
  union all select 5 as digit
  union all select 6 as digit
  union all select 7 as digit
  union all select 8 as digit
  union all select 9 as digit
),

-- What stands in the place of a digit that was not kept.
characters as (
  select cast(digit as varchar) as kept
  from digits
  union all
  select '*' as kept
),

-- n:m on purpose: every four digits, and every fewer ones before what was not kept
beginnings as (
  select cast(a.digit as varchar) || b.kept || c.kept || d.kept as digits
  from digits as a
  cross join characters as b
  cross join characters as c
  cross join characters as d
  where a.digit > 0 and (b.kept <> '*' or c.kept = '*') and (c.kept <> '*' or d.kept = '*')
),

-- n:1 each, a prefix is listed once; the longest one counts, also where it is no country's
matched as (
  select
    b.digits,
    coalesce(p4.calling_code, p3.calling_code, p2.calling_code, p1.calling_code) as calling_code,
    coalesce(
      case
        when p4.prefix is not null then p4.country_code
        when p3.prefix is not null then p3.country_code
        when p2.prefix is not null then p2.country_code
        else p1.country_code
      end,
      ''
    ) as country_code
  from beginnings as b
  left join country_prefixes as p4 on p4.prefix = b.digits
  left join country_prefixes as p3 on p3.prefix = left(b.digits, 3)
  left join country_prefixes as p2 on p2.prefix = left(b.digits, 2)
  left join country_prefixes as p1 on p1.prefix = left(b.digits, 1)
),

final as (
  select
    digits,
    cast(dense_rank() over (order by calling_code, country_code) as integer) as place,
    calling_code,
    country_code
  from matched
  where calling_code is not null
)

select digits, place, calling_code, country_code
from final
