/**
 * The SQL that fills a ledger as a month of nights would have left it: records, Usage Records that agree with them but for planted
 * differences, and the tasks that read them. Money is whole hundred-thousandths until it becomes DECIMAL.
 */

export interface Books {
  readonly records: number;
  readonly accounts: number;
  readonly seed: number;
}

export const firstDay = '2026-10-01';
export const dayCount = 31;
export const period = { start: '2026-10-01T00:00:00Z', end: '2026-11-01T00:00:00Z' } as const;
/** Categories that Twilio lists for an account and a day, most of them with zeros. */
const categoryCount = 70;
/** Differences of each kind, where there are account-days enough. */
const plantedOfAKind = 50;

export type Step = readonly [name: string, sql: string];

/** DECIMAL of whole hundred-thousandths. */
export const money = (units: string): string => `cast(cast(${units} as decimal(9, 0)) * 0.00001 as decimal(18, 8))`;
export const sid = (prefix: string, number: string): string =>
  `'${prefix}' || md5('${prefix}' || cast(${number} as varchar))`;
/** The day of a row that has its number. */
export const day = `date '${firstDay}' + d`;

/** Accounts and days, and how many records each has: few accounts have most of them, and weekends have fewer. */
const outline = ({ records, accounts, seed }: Books): readonly Step[] => [
  [
    'bench_accounts',
    `create temp table bench_accounts as
     select a, ${sid('AC', 'a')} as account_sid, case when a % 50 = 49 then 'EUR' else 'USD' end as currency,
       case when a % 4 = 0 then 1 else 0 end as fees_in_price
     from range(${accounts}) as r(a)`,
  ],
  [
    'bench_days',
    `create temp table bench_days as
     with weighed as (
       select a, d, account_sid, currency, fees_in_price,
         (1000000 // (a + 10)) * case when (d + 4) % 7 < 5 then 10 else 4 end as weight
       from bench_accounts, range(${dayCount}) as r(d)
     ),
     added as (
       select *, sum(weight) over (order by d, a) as through, sum(weight) over () as total from weighed
     ),
     shared as (
       select *, cast((${records}::hugeint * through) // total - (${records}::hugeint * (through - weight)) // total as bigint) as items
       from added
     )
     select a, cast(d as integer) as d, account_sid, currency, fees_in_price, items, items * 2 // 5 as calls,
       items - items * 2 // 5 as messages, row_number() over (order by d, a) as number
     from shared`,
  ],
  [
    'bench_categories',
    // Those that hold amounts, those around them, and what else makes up the number.
    `create temp table bench_categories as
     with used(category) as (
       values ('calls-inbound-local'), ('calls-outbound'), ('calls-client'), ('trunking-origination-local'), ('trunking-termination'),
         ('sms-inbound-longcode'), ('sms-outbound-longcode'), ('sms-outbound-shortcode'), ('mms-inbound-longcode'),
         ('mms-outbound-longcode'), ('channels-whatsapp-inbound'), ('channels-whatsapp-outbound'), ('usage-rcs-messages'),
         ('sms-messages-carrierfees'), ('mms-messages-carrierfees'), ('failed-message-processing-fee'), ('phonenumbers-local'),
         ('calls-recordings'), ('totalprice')
     ),
     around as (
       select category from used union select ancestor from category_ancestors where category in (from used)
     ),
     placed as (
       select c.category, row_number() over (order by (a.category is null), hash(c.category)) as place
       from usage_categories as c left join around as a on a.category = c.category
     )
     select category from placed where place <= ${categoryCount}`,
  ],
  [
    'bench_differences',
    // On even days, so that a day and the one behind it are never both touched.
    `create temp table bench_differences as
     with drawn as (
       select a, d, account_sid, currency, row_number() over (order by hash(a, d, ${seed})) - 1 as place
       from bench_days
       where d % 2 = 0 and d < ${dayCount - 1} and calls >= 20
     )
     select *, list_value('unexplained', 'records_missing', 'vanished', 'changed', 'day_attribution', 'minute_rounding', 'surplus',
       'remainder', 'uncategorised', 'no_total')[1 + place % 10] as kind
     from drawn where place < ${plantedOfAKind * 10}`,
  ],
];

/** Every account has calls and messages to telephones; few have each of the other families. */
const callFamily = `case when a % 5 = 1 and h % 100 < 60 then 'client_and_sip_voice' when a % 10 = 2 and h % 100 < 50 then 'trunking'
  else 'voice' end`;
const messageFamily = `case when a % 3 = 1 and h % 100 < 25 then 'mms' when a % 4 = 2 and h % 100 >= 75 then 'channels'
  when a % 20 = 3 and h % 100 < 20 then 'rcs' else 'sms' end`;
const kindOfAddress = "case family when 'channels' then 'whatsapp:' when 'rcs' then 'rcs:' else '' end";
const phone = (shift: number): string => `'+1' || cast(2000000 + (h >> ${shift}) % 7999999 as varchar) || '****'`;
const charged = `cast(${day} as timestamp) + to_seconds(cast(i * 86400 // greatest(n, 1) as bigint))`;
/** What usage counts, by leaf of the tree of categories. */
const usageTable = `create temp table if not exists bench_leaves (a bigint, d integer, category varchar, usage_count bigint,
  usage_units bigint, cost decimal(38, 8))`;

const callsOf = (d: number, seed: number): readonly Step[] => [
  [
    'bench_calls',
    `create or replace temp table bench_calls as
     with drawn as (
       select a, d, account_sid, currency, calls as n, unnest(range(calls)) as i, number from bench_days where d = ${d}
     ),
     hashed as (select *, hash(number, i, 1, ${seed}) as h from drawn),
     kinds as (
       select *, ${callFamily} as family, (h >> 8) % 10 < 4 as is_inbound,
         case when (h >> 16) % 100 < 12 then 'no-answer' when (h >> 16) % 100 < 15 then 'busy' else 'completed' end as status
       from hashed
     ),
     lasting as (select *, case when status = 'completed' then 1 + (h >> 24) % 600 else 0 end as duration from kinds),
     priced as (
       select *, (duration + 59) // 60 as minutes,
         case when family = 'voice' then case when is_inbound then 850 else 1400 end when family = 'trunking' then 500 else 400 end as rate
       from lasting
     )
     select *, cast(number * 100000000 + i * 10 + 1 as bigint) as key, minutes * rate as charge,
       status = 'completed' and (h >> 40) % 20000 = 7 as is_unpriced
     from priced`,
  ],
  [
    'calls',
    `insert into calls by name
     select key as ordinal, ${sid('CA', 'key')} as sid, account_sid, ${sid('PN', 'a')} as phone_number_sid,
       case when family = 'trunking' then case when is_inbound then 'trunking-originating' else 'trunking-terminating' end
         when is_inbound then 'inbound' else 'outbound-api' end as direction,
       status, family,
       case when family = 'client_and_sip_voice' and is_inbound then 'client:agent-' || (h >> 30) % 500 else ${phone(20)} end as from_address,
       case when family = 'client_and_sip_voice' and not is_inbound then 'client:agent-' || (h >> 30) % 500 else ${phone(32)} end as to_address,
       ${charged} as charged_at, false as is_undated, cast(duration as integer) as duration_seconds,
       case when is_unpriced or (status = 'busy') then null else ${money('charge')} end as cost, currency,
       cast(1 + d as integer) as run_number, cast(${day} + 1 as timestamp) as observed_at
     from bench_calls`,
  ],
  [
    'bench_leaves',
    `insert into bench_leaves
     select a, d,
       case when family = 'client_and_sip_voice' then 'calls-client'
         when family = 'voice' then case when is_inbound then 'calls-inbound-local' else 'calls-outbound' end
         when is_inbound then 'trunking-origination-local' else 'trunking-termination' end as category,
       count(*), sum(minutes), sum(${money('charge')})
     from bench_calls where status = 'completed' group by all`,
  ],
];

const messagesOf = (d: number, seed: number): readonly Step[] => [
  [
    'bench_messages',
    `create or replace temp table bench_messages as
     with drawn as (
       select a, d, account_sid, currency, fees_in_price, messages as n, unnest(range(messages)) as i, number
       from bench_days where d = ${d}
     ),
     hashed as (select *, hash(number, i, 2, ${seed}) as h from drawn),
     kinds as (
       select *, ${messageFamily} as family, (h >> 8) % 10 < 2 as is_inbound,
         1 + case when (h >> 16) % 10 < 7 then 0 else (h >> 20) % 3 end as segments
       from hashed
     ),
     ended as (
       select *, case when is_inbound then 'received' when (h >> 24) % 100 < 2 then 'failed' when (h >> 24) % 100 < 6 then 'undelivered'
         else 'delivered' end as status
       from kinds
     ),
     priced as (
       select *, case when status = 'failed' then 0 when family = 'mms' then 1600 else segments * 750 end as charge,
         case when is_inbound or status = 'failed' then 0 when family = 'mms' then 900 when family = 'sms' then segments * 300 else 0 end as fee,
         case when status = 'failed' then 100 else 0 end as failed_fee
       from ended
     )
     select *, cast(number * 100000000 + i * 10 + 2 as bigint) as key,
       status <> 'failed' and (h >> 40) % 20000 = 7 as is_unpriced
     from priced`,
  ],
  [
    'messages',
    `insert into messages by name
     select key as ordinal, ${sid('SM', 'key')} as sid, account_sid, ${sid('MG', 'a')} as messaging_service_sid,
       case when is_inbound then 'inbound' else 'outbound-api' end as direction, status, family,
       ${kindOfAddress} || ${phone(20)} as from_address, ${kindOfAddress} || ${phone(32)} as to_address,
       ${charged} as charged_at, false as is_undated, cast(segments as integer) as segments,
       cast(case when family = 'mms' then 1 else 0 end as integer) as media_count,
       case when status in ('failed', 'undelivered') then '30003' end as error_code,
       case when not is_unpriced then ${money('charge + failed_fee + fees_in_price * fee')} end as cost,
       case when not is_unpriced then currency end as currency,
       cast(1 + d as integer) as run_number, cast(${day} + 1 as timestamp) as observed_at
     from bench_messages`,
  ],
  [
    'bench_leaves',
    `insert into bench_leaves
     select a, d,
       case when family = 'rcs' then 'usage-rcs-messages' when family = 'channels' then 'channels-whatsapp-' || way
         when family = 'mms' then 'mms-' || way || '-longcode'
         when is_inbound or h % 3 > 0 then 'sms-' || way || '-longcode' else 'sms-outbound-shortcode' end as category,
       count(*), sum(segments), sum(${money('charge')})
     from (select *, case when is_inbound then 'inbound' else 'outbound' end as way from bench_messages) group by all
     union all
     select a, d, family || '-messages-carrierfees', count(*), sum(segments), sum(${money('fee')})
     from bench_messages where fee > 0 group by all
     union all
     select a, d, 'failed-message-processing-fee', count(*), count(*), sum(${money('failed_fee')})
     from bench_messages where failed_fee > 0 group by all`,
  ],
];

/** Every record of the month, night by night, as it would have been loaded. */
export const recordSteps = (books: Books): readonly Step[] => [
  ...outline(books),
  ['bench_leaves', usageTable],
  ...Array.from({ length: dayCount }, (_, d) => [...callsOf(d, books.seed), ...messagesOf(d, books.seed)]).flat(),
  ['drop', 'drop table bench_calls; drop table bench_messages'],
];
