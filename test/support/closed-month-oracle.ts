import { join } from 'node:path';
import { byBytes } from './expected-ledger.js';
import { type Row, readRows } from './published.js';
import type { Truth } from './simulator.js';
import { amountText, unitsOf, unitsOfPlain } from './units.js';
import type { Universe, WorldRecord } from './universe.js';

/** A record without date and price is no charge. */
const isCharge = ({ isUndated, row }: WorldRecord): boolean => !isUndated || row.price !== null;
const chargesOf = (records: Universe, month: string): WorldRecord[] =>
  [...records.values()].filter((one) => one.at.startsWith(month) && isCharge(one));

export const unpricedOf = (records: Universe, month: string): WorldRecord[] =>
  chargesOf(records, month).filter(({ row }) => row.price === null);

const costUnits = (record: WorldRecord | undefined): bigint =>
  typeof record?.row.price === 'string' ? -unitsOfPlain(record.row.price) : 0n;
export const costText = (record: WorldRecord | undefined): string =>
  typeof record?.row.price === 'string' ? amountText(costUnits(record)) : '';

/** Amounts by currency, added up; what is nothing is left out. */
export function sumsOf(amounts: Iterable<readonly [currency: string, units: bigint]>): Record<string, string> {
  const totals = new Map<string, bigint>();
  for (const [currency, units] of amounts) totals.set(currency, (totals.get(currency) ?? 0n) + units);
  const some = [...totals].filter(([, units]) => units !== 0n);
  return Object.fromEntries(some.map(([currency, units]) => [currency, amountText(units)]));
}

/** What a month cost, by currency. */
export const totalsOf = (records: Universe, month: string): Record<string, string> =>
  sumsOf(chargesOf(records, month).map((record) => [String(record.row.price_unit), costUnits(record)]));

/** A column of a published file, by currency. */
export async function publishedSums(folder: string, file: string, column: string): Promise<Record<string, string>> {
  const rows = await readRows(join(folder, file));
  return sumsOf(rows.map((row) => [row.currency ?? '', unitsOf(row[column] ?? '')]));
}

/** What corrections.csv must hold where a run found `after` of a month that was closed when the simulator showed `before`. */
export function correctionsBetween(
  before: Universe,
  after: Universe,
  facts: { readonly month: string; readonly foundOn: string; readonly run: number; readonly truth: Truth },
): Row[] {
  const names = new Map(facts.truth.accounts.map((one) => [one.account_sid, one.friendly_name]));
  const rows = chargesOf(after, facts.month).flatMap((record): Row[] => {
    const known = before.get(record.sid);
    if (known !== undefined && known.row.price === record.row.price) return [];
    const previous = costText(known);
    const isPriced = record.row.price !== null;
    const seen = previous === '' ? 'priced' : isPriced ? 'changed' : 'withdrawn';
    return [
      {
        found_on: facts.foundOn,
        corrected_month: `${facts.month}-01`,
        service: record.service,
        sid: record.sid,
        change_number: '1',
        account_sid: record.account,
        customer_id: names.get(record.account) ?? '',
        change: known === undefined ? 'appeared' : seen,
        previous_cost: previous,
        cost: costText(record),
        currency: String((isPriced ? record : known)?.row.price_unit),
        correction: amountText(costUnits(record) - costUnits(known)),
        run_number: String(facts.run),
      },
    ];
  });
  return rows.sort((a, b) => byBytes(`${a.service} ${a.sid}`, `${b.service} ${b.sid}`));
}
