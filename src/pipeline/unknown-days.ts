import { dayOf, type Window } from '../domain/period.js';
import { dayParameters, queryNamed } from '../domain/query.js';
import type { Filters } from '../domain/report-request.js';
import { scopeCondition } from '../domain/report-scope.js';
import type { Book } from './reader.js';

const lists: Readonly<Record<string, string>> = {
  calls: 'calls',
  messages: 'messages',
  usage_records: 'Usage Records',
};

/**
 * What nobody must take for a whole: how many days of the accounts in scope are not known, by list; undefined where all are. The tables of
 * the scope are filled.
 */
export async function unknownDaysNote(
  { ledger, queries }: Book,
  range: Window,
  filters: Filters,
): Promise<string | undefined> {
  const query = queryNamed(queries, 'days_not_known');
  const condition = scopeCondition(filters);
  const rows = await ledger.texts(
    query.name,
    `select resource, cast(count(*) as varchar), cast(min(day) as varchar), cast(max(day) as varchar)
     from (\n${query.sql}\n) as t${condition === '' ? '' : ` where ${condition}`}
     group by resource order by resource`,
    dayParameters(range),
  );
  if (rows.length === 0) return undefined;
  const texts = rows.map(([resource, count, first, last]) => {
    const days = first === last ? `on ${first}` : `from ${first} to ${last}`;
    return `${lists[resource ?? ''] ?? resource} of ${count} account-day${count === '1' ? '' : 's'} ${days}`;
  });
  return (
    `${dayOf(range.start)} to ${dayOf(range.end)} (exclusive) is not known whole: missing are ${texts.join(', ')}. ` +
    'What follows is of the rest; "subledger report completeness" has every one.'
  );
}
