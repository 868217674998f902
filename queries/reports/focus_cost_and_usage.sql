-- purpose:    The month's charges as a Cost and Usage dataset of the FinOps Open Cost and Usage Specification (FOCUS),
--             with the mandatory columns of versions 1.2 and 1.3: calls and messages by account, day, family,
--             direction and country, other charges by account, day and family. docs/focus.md gives each column's
--             source and limits.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charge_routes, other_charge_days, known_days, reconciled_days, accounts, account_customers,
--             focus_families
-- grain:      ChargePeriodStart, x_AccountId, BillingCurrency, x_UsageFamily, x_Direction, x_CountryCode
-- order:      ChargePeriodStart, x_AccountId, BillingCurrency, x_UsageFamily, x_Direction, x_CountryCode
-- pieces:     day
-- columns:
--   BilledCost          DECIMAL(38,8)  in BillingCurrency; of the priced records; positive = Twilio charged us
--   BillingAccountId    VARCHAR        the main account
--   BillingAccountName  VARCHAR        its FriendlyName; empty where Twilio does not list it
--   BillingCurrency     VARCHAR        ISO 4217; what has no currency has no price either and is left out
--   BillingPeriodEnd    TIMESTAMP      UTC, exclusive
--   BillingPeriodStart  TIMESTAMP      UTC, first of the month
--   ChargeCategory      VARCHAR        Usage, Purchase or Adjustment, by family
--   ChargeClass         VARCHAR        always empty: no row corrects a month that was invoiced before
--   ChargeDescription   VARCHAR
--   ChargeFrequency     VARCHAR        Usage-Based, or Recurring, by family
--   ChargePeriodEnd     TIMESTAMP      UTC, exclusive
--   ChargePeriodStart   TIMESTAMP      UTC, the day
--   ConsumedQuantity    DECIMAL(38,2)  all records, unpriced ones too; empty where ChargeCategory is not Usage
--   ConsumedUnit        VARCHAR        Minutes (started ones), Segments, or Units as Twilio counts the family
--   ContractedCost      DECIMAL(38,8)  as BilledCost: no unit price is known
--   EffectiveCost       DECIMAL(38,8)  as BilledCost: nothing is amortised
--   HostProviderName    VARCHAR        Twilio, as no list of Twilio's names whose machines it runs on; since FOCUS 1.3
--   InvoiceId           VARCHAR        always empty: no list of Twilio's names an invoice
--   InvoiceIssuerName   VARCHAR        Twilio
--   ListCost            DECIMAL(38,8)  as BilledCost: no unit price is known
--   PricingQuantity     DECIMAL(38,2)  what BilledCost is for; empty for an Adjustment
--   PricingUnit         VARCHAR        as ConsumedUnit
--   ProviderName        VARCHAR        Twilio; until FOCUS 1.3
--   PublisherName       VARCHAR        Twilio; until FOCUS 1.3
--   ServiceCategory     VARCHAR
--   ServiceName         VARCHAR
--   ServiceProviderName VARCHAR        Twilio; since FOCUS 1.3
--   ServiceSubcategory  VARCHAR
--   SubAccountId        VARCHAR        the subaccount's SID; empty for charges of the main account itself
--   SubAccountName      VARCHAR        its FriendlyName as Twilio lists it now, else its SID
--   x_AccountId         VARCHAR        SID of the account, the main one too
--   x_CountryCode       VARCHAR        ISO 3166-1 alpha-2 of the number outside; empty where it is not known
--   x_CustomerId        VARCHAR        `unallocated` = of accounts that map to nobody
--   x_CustomerName      VARCHAR
--   x_Direction         VARCHAR        Twilio's, of calls and messages
--   x_OtherCostKnown    BOOLEAN        false = Usage Records of this account-day are not known: charges besides calls
--                                      and messages are missing
--   x_Reconciliation    VARCHAR        of this account, day, currency and family with Usage Records: agrees, explained,
--                                      pending, unknown or differs; not_compared where no list itemises the family
--   x_RecordCount       BIGINT         calls or messages, unpriced ones included; else as Twilio counts the family
--   x_Service           VARCHAR        calls, messages or other
--   x_UnpricedCount     BIGINT         of the records; counted in no cost
--   x_UnpricedQuantity  DECIMAL(38,2)  of ConsumedQuantity, what is not in PricingQuantity
--   x_UsageFamily       VARCHAR        family of usage categories; `remainder` = what `totalprice` holds beyond all of
--                                      them, or lacks
with main_account as (
  select max(owner_sid) as sid
  from accounts
),

-- n:1, an account is listed once; none where Twilio does not list the main account
billing_account as (
  select m.sid, nullif(trim(a.friendly_name), '') as name
  from main_account as m
  left join accounts as a on a.sid = m.sid
),

routes as (
  select
    account_sid,
    day,
    currency,
    service,
    family,
    nullif(direction, '') as direction,
    nullif(country_code, '') as country_code,
    sum(record_count) as record_count,
    sum(unpriced_count) as unpriced_count,
    sum(units) as units,
    sum(unpriced_units) as unpriced_units,
    sum(cost) as cost
  from charge_routes
  where day >= $start and day < $end and currency <> ''
  group by account_sid, day, currency, service, family, direction, country_code
),

charged as (
  select
    account_sid,
    day,
    currency,
    service,
    family,
    direction,
    country_code,
    record_count,
    unpriced_count,
    units,
    unpriced_units,
    cost
  from routes
  union all
  select
    account_sid,
    day,
    currency,
    'other' as service,
    family,
    cast(null as varchar) as direction,
    cast(null as varchar) as country_code,
    usage_count as record_count,
    0 as unpriced_count,
    usage_units as units,
    0 as unpriced_units,
    cost
  from other_charge_days
  where day >= $start and day < $end
),

placed as (
  select
    l.account_sid,
    l.day,
    l.currency,
    l.service,
    l.family,
    l.direction,
    l.country_code,
    l.record_count,
    l.unpriced_count,
    l.units,
    l.unpriced_units,
    l.cost,
    f.service_name,
    f.service_category,
    f.service_subcategory,
    f.charge_category,
    f.charge_frequency,
    f.unit,
    coalesce(c.customer_id, 'unallocated') as customer_id,
    coalesce(c.customer_name, 'unallocated') as customer_name,
    coalesce(nullif(trim(a.friendly_name), ''), l.account_sid) as account_name,
    coalesce(k.usage_known, true) as other_cost_known,
    case
      when r.status is not null then r.status
      when l.service = 'other' then 'not_compared'
      else 'unknown'
    end as reconciliation
  from charged as l
  -- n:1, a family is listed once
  join focus_families as f on f.family = l.family
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = l.account_sid
    and c.valid_from <= l.day
    and c.valid_to > l.day
  -- n:1, an account is listed once
  left join accounts as a on a.sid = l.account_sid
  -- n:1, an account-day is listed once; none where no task touched it
  left join known_days as k on k.account_sid = l.account_sid and k.day = l.day
  -- n:1, compared by account, day, currency and family
  left join reconciled_days as r
    on r.account_sid = l.account_sid
    and r.day = l.day
    and r.currency = l.currency
    and r.family = case when l.family in ('remainder', 'unlisted') then 'uncategorised' else l.family end
),

final as (
  select
    p.cost as BilledCost,
    b.sid as BillingAccountId,
    b.name as BillingAccountName,
    p.currency as BillingCurrency,
    cast(date_trunc('month', p.day) + interval 1 month as timestamp) as BillingPeriodEnd,
    cast(date_trunc('month', p.day) as timestamp) as BillingPeriodStart,
    p.charge_category as ChargeCategory,
    cast(null as varchar) as ChargeClass,
    p.service_name || ': ' || p.family
      || case when p.direction is null then '' else ', ' || p.direction end
      || case when p.country_code is null then '' else ', ' || p.country_code end as ChargeDescription,
    p.charge_frequency as ChargeFrequency,
    cast(p.day + interval 1 day as timestamp) as ChargePeriodEnd,
    cast(p.day as timestamp) as ChargePeriodStart,
    case when p.charge_category = 'Usage' then cast(p.units as decimal(38, 2)) end as ConsumedQuantity,
    case when p.charge_category = 'Usage' then p.unit end as ConsumedUnit,
    p.cost as ContractedCost,
    p.cost as EffectiveCost,
    'Twilio' as HostProviderName,
    cast(null as varchar) as InvoiceId,
    'Twilio' as InvoiceIssuerName,
    p.cost as ListCost,
    case when p.unit is not null then cast(p.units - p.unpriced_units as decimal(38, 2)) end as PricingQuantity,
    p.unit as PricingUnit,
    'Twilio' as ProviderName,
    'Twilio' as PublisherName,
    p.service_category as ServiceCategory,
    p.service_name as ServiceName,
    'Twilio' as ServiceProviderName,
    p.service_subcategory as ServiceSubcategory,
    case when p.account_sid is distinct from b.sid then p.account_sid end as SubAccountId,
    case when p.account_sid is distinct from b.sid then p.account_name end as SubAccountName,
    p.account_sid as x_AccountId,
    p.country_code as x_CountryCode,
    p.customer_id as x_CustomerId,
    p.customer_name as x_CustomerName,
    p.direction as x_Direction,
    p.other_cost_known as x_OtherCostKnown,
    p.reconciliation as x_Reconciliation,
    cast(p.record_count as bigint) as x_RecordCount,
    p.service as x_Service,
    cast(p.unpriced_count as bigint) as x_UnpricedCount,
    cast(p.unpriced_units as decimal(38, 2)) as x_UnpricedQuantity,
    p.family as x_UsageFamily
  from placed as p
  -- n:1, there is one main account
  cross join billing_account as b
)

select
  BilledCost, BillingAccountId, BillingAccountName, BillingCurrency, BillingPeriodEnd, BillingPeriodStart,
  ChargeCategory, ChargeClass, ChargeDescription, ChargeFrequency, ChargePeriodEnd, ChargePeriodStart,
  ConsumedQuantity, ConsumedUnit, ContractedCost, EffectiveCost, HostProviderName, InvoiceId, InvoiceIssuerName,
  ListCost, PricingQuantity, PricingUnit, ProviderName, PublisherName, ServiceCategory, ServiceName,
  ServiceProviderName, ServiceSubcategory, SubAccountId, SubAccountName, x_AccountId, x_CountryCode, x_CustomerId,
  x_CustomerName, x_Direction, x_OtherCostKnown, x_Reconciliation, x_RecordCount, x_Service, x_UnpricedCount,
  x_UnpricedQuantity, x_UsageFamily
from final
order by ChargePeriodStart, x_AccountId, BillingCurrency, x_UsageFamily, x_Direction, x_CountryCode
