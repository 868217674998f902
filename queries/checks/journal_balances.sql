-- purpose:    The journal's entries: debits equal credits, each line stands on one side with a positive amount of whole
--             minor units, and an entry is of one customer, currency and day.
-- severity:   fail
-- meaning:    The journal would be refused or booked wrongly. Do not import it; report the bug with this line.
-- parameters: none
-- reads:      report_journal, currencies
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  the entry's external_id
--   detail   VARCHAR
-- n:1, a currency is listed once
with judged as (
  select
    j.external_id,
    j.journal_number,
    j.customer,
    j.currency,
    j.date,
    j.line,
    coalesce(j.debit, cast(0 as decimal(38, 4))) as debit,
    coalesce(j.credit, cast(0 as decimal(38, 4))) as credit,
    j.exact_amount,
    case
      when (j.debit is null) = (j.credit is null) then 1
      when coalesce(j.debit, j.credit) <= 0 then 1
      when m.minor_unit = '0' and coalesce(j.debit, j.credit) <> round(coalesce(j.debit, j.credit), 0) then 1
      when m.minor_unit = '2' and coalesce(j.debit, j.credit) <> round(coalesce(j.debit, j.credit), 2) then 1
      when m.minor_unit = '3' and coalesce(j.debit, j.credit) <> round(coalesce(j.debit, j.credit), 3) then 1
      else 0
    end as is_broken
  from report_journal as j
  left join currencies as m on m.currency = j.currency
),

entries as (
  select
    external_id,
    sum(debit) as debit,
    sum(credit) as credit,
    sum(exact_amount) as exact_amount,
    max(case when line = 4 then 1 else 0 end) as has_liability,
    sum(is_broken) as broken_count,
    count(distinct customer) + count(distinct currency) + count(distinct date) + count(distinct journal_number)
      as head_count
  from judged
  group by external_id
),

shared_numbers as (
  select journal_number
  from judged
  group by journal_number
  having count(distinct external_id) > 1
),

numbered as (
  select j.external_id, count(*) as shared_count
  from judged as j
  -- n:1, a shared number is listed once
  join shared_numbers as n on n.journal_number = j.journal_number
  group by j.external_id
),

final as (
  select
    e.external_id as subject,
    'debit ' || cast(e.debit as varchar) || ', credit ' || cast(e.credit as varchar) || ', exact '
    || cast(e.exact_amount as varchar)
    || case
      when e.broken_count = 0 then ''
      else '; lines without one positive amount: ' || cast(e.broken_count as varchar)
    end
    || case when e.head_count = 4 then '' else '; of several customers, currencies, days or numbers' end
    || case when n.shared_count is null then '' else '; another entry has its journal_number' end as detail
  from entries as e
  -- 1:1, both are grouped by entry
  left join numbered as n on n.external_id = e.external_id
  where
    e.debit <> e.credit
    or (e.has_liability = 1 and e.exact_amount <> 0)
    or e.broken_count > 0
    or e.head_count <> 4
    or n.shared_count is not null
)

select subject, detail
from final
order by subject, detail
