import { createHash } from 'node:crypto';
import { byBytes, type CustomerOf, type ExpectedDay, otherOf } from './expected-ledger.js';
import type { Row } from './published.js';
import { amountText } from './units.js';

/** Minor units that differ from two, of the currencies that the simulator or a test bills in (ISO 4217). */
const decimalsOf: Readonly<Record<string, number>> = { JPY: 0, KRW: 0, KWD: 3, BHD: 3, CLF: 4, XDR: 4 };
const exactDecimals = 8;

/** Hundred-millionths rounded to the currency's minor unit, half away from zero, as hundred-millionths again. */
export function roundedUnits(units: bigint, currency: string): bigint {
  const step = 10n ** BigInt(exactDecimals - (decimalsOf[currency] ?? 2));
  const size = units < 0n ? -units : units;
  const rounded = ((size + step / 2n) / step) * step;
  return units < 0n ? -rounded : rounded;
}

/** What a customer's month cost in a currency, in hundred-millionths; `other` undefined = not known. */
export interface JournalCosts {
  readonly customer: { readonly id: string; readonly name: string };
  readonly currency: string;
  readonly calls: bigint;
  readonly messages: bigint;
  readonly other: bigint | undefined;
  readonly unpriced: number;
  /** Of the customer's month, in whatever currency. */
  readonly withoutCurrency: number;
}

const accounts = ['', 'Cost of calls', 'Cost of messages', 'Other Twilio cost', 'Accrued liability to Twilio'];

/** The lines of journal.csv of a month, `2026-09`, worked out with whole numbers. */
export function journalRows(month: string, costs: readonly JournalCosts[]): Row[] {
  const rows = costs.flatMap((cost) => {
    const { customer, currency } = cost;
    const lines = [cost.calls, cost.messages, cost.other ?? 0n]
      .map((exact, index) => ({ line: index + 1, exact, amount: roundedUnits(exact, currency) }))
      .filter(({ amount }) => amount !== 0n);
    const owed = lines.reduce((sum, { amount }) => sum - amount, 0n);
    if (owed !== 0n) lines.push({ line: 4, exact: lines.reduce((sum, { exact }) => sum - exact, 0n), amount: owed });
    const md5 = createHash('md5').update(customer.id).digest('hex');
    return lines.map(({ line, exact, amount }) => ({
      external_id: `subledger-${month}-${currency}-${readable(customer.id)}-${md5.slice(0, 12)}`,
      journal_number: `SL${month.slice(2, 4)}${month.slice(5)}${currency}-${md5.slice(0, 11)}`,
      line: `${line}`,
      date: new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).toISOString().slice(0, 10),
      account: accounts[line] ?? '',
      debit: amount > 0n ? fourDecimals(amount) : '',
      credit: amount < 0n ? fourDecimals(-amount) : '',
      currency,
      customer: customer.id,
      memo: memoOf(month, cost),
      exact_amount: amountText(exact),
    }));
  });
  return rows.sort((a, b) => byBytes(a.external_id, b.external_id) || Number(a.line) - Number(b.line));
}

const fourDecimals = (units: bigint): string => amountText(units).slice(0, -4);

const readable = (id: string): string =>
  id
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, 20)
    .replace(/-$/, '') || 'customer';

function memoOf(month: string, { customer, other, unpriced, withoutCurrency }: JournalCosts): string {
  const parts = [`Twilio ${month}, ${[...customer.name].slice(0, 100).join('')}`];
  if (other === undefined) parts.push('other Twilio cost is not known, so not in here');
  if (unpriced > 0) parts.push(`without a price, so not in here: ${unpriced}`);
  if (withoutCurrency > 0) parts.push(`without price and currency, so in no entry: ${withoutCurrency}`);
  return parts.join('; ');
}

/** The journal of a month of which all usage is known. */
export function expectedJournal(month: string, days: readonly ExpectedDay[], customerOf: CustomerOf): Row[] {
  const found = new Map<string, JournalCosts>();
  const withoutCurrency = new Map<string, number>();
  for (const day of days) {
    const customer = customerOf(day.account, day.day);
    const unpriced = day.callsUnpriced + day.messagesUnpriced;
    if (day.currency === '') {
      withoutCurrency.set(customer.id, (withoutCurrency.get(customer.id) ?? 0) + unpriced);
      continue;
    }
    const before = found.get(`${customer.id}\0${day.currency}`);
    found.set(`${customer.id}\0${day.currency}`, {
      customer,
      currency: day.currency,
      calls: (before?.calls ?? 0n) + day.callsCost,
      messages: (before?.messages ?? 0n) + day.messagesCost,
      other: (before?.other ?? 0n) + otherOf(day),
      unpriced: (before?.unpriced ?? 0) + unpriced,
      withoutCurrency: 0,
    });
  }
  const costs = [...found.values()].map((cost) => ({
    ...cost,
    withoutCurrency: withoutCurrency.get(cost.customer.id) ?? 0,
  }));
  return journalRows(month, costs);
}
