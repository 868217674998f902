-- purpose:    What calls and messages to and from each country cost per month, by direction: the country of the number
--             outside.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charge_routes, country_prefixes
-- grain:      month, service, direction, country_code, calling_code, currency
-- order:      month, service, direction, country_code, calling_code, currency
-- totals:     record_count, minutes, segments, cost, unpriced_count
-- columns:
--   month           DATE           UTC, first day
--   service         VARCHAR        calls or messages
--   direction       VARCHAR        Twilio's; empty where Twilio gives none
--   country_code    VARCHAR        ISO 3166-1 alpha-2 of the number called or sent to, or of who called in or sent;
--                                  empty where that is no telephone number (a client, SIP, a short code, a name), too
--                                  little of it was kept, or it is no country's, as toll-free numbers
--   country_name    VARCHAR        its short name in ISO 3166-1; empty likewise
--   calling_code    VARCHAR        country calling code without plus; empty where it is no telephone number
--   currency        VARCHAR        ISO 4217; empty = records that Twilio gave no currency yet, all of them unpriced
--   record_count    BIGINT         calls or messages, unpriced ones included
--   minutes         BIGINT         started minutes of calls
--   segments        BIGINT         of messages
--   cost            DECIMAL(38,8)  in currency; positive = Twilio charged us; of the priced ones
--   unpriced_count  BIGINT         counted in no cost
with countries as (
  select country_code, max(country_name) as country_name
  from country_prefixes
  where country_code is not null
  group by country_code
),

routes as (
  select
    cast(date_trunc('month', day) as date) as month,
    service,
    direction,
    country_code,
    calling_code,
    currency,
    sum(record_count) as record_count,
    sum(units) as units,
    sum(cost) as cost,
    sum(unpriced_count) as unpriced_count
  from charge_routes
  where day >= $start and day < $end
  group by cast(date_trunc('month', day) as date), service, direction, country_code, calling_code, currency
),

final as (
  select
    r.month,
    r.service,
    r.direction,
    r.country_code,
    coalesce(c.country_name, '') as country_name,
    r.calling_code,
    r.currency,
    cast(r.record_count as bigint) as record_count,
    cast(case when r.service = 'calls' then r.units else 0 end as bigint) as minutes,
    cast(case when r.service = 'messages' then r.units else 0 end as bigint) as segments,
    r.cost,
    cast(r.unpriced_count as bigint) as unpriced_count
  from routes as r
  -- n:1, grouped by country; none where there is no country
  left join countries as c on c.country_code = r.country_code
)

select
  month, service, direction, country_code, country_name, calling_code, currency, record_count, minutes, segments, cost,
  unpriced_count
from final
order by month, service, direction, country_code, calling_code, currency
