import { byBytes, type CustomerOf, type ExpectedDay, otherOf } from './expected-ledger.js';
import type { Row } from './published.js';
import { amountText, unitsOf } from './units.js';

/**
 * focus_cost_and_usage.csv added up by account, day, currency and service, which the simulator's truth knows; it knows neither directions
 * nor countries. What other charges add up to 0 is left out.
 */
export function focusSums(rows: readonly Row[]): Row[] {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const key = [row.x_AccountId, row.ChargePeriodStart, row.BillingCurrency, row.x_Service].join(' ');
    found.set(key, [...(found.get(key) ?? []), row]);
  }
  const sums = [...found.values()].map((group): Row => {
    const [first = {}] = group;
    const count = (column: string): string => `${group.reduce((sum, row) => sum + Number(row[column]), 0)}`;
    const isOther = first.x_Service === 'other';
    return {
      account_sid: `${first.x_AccountId}`,
      day: `${first.ChargePeriodStart}`.slice(0, 10),
      currency: `${first.BillingCurrency}`,
      customer_id: `${first.x_CustomerId}`,
      service: `${first.x_Service}`,
      record_count: isOther ? '' : count('x_RecordCount'),
      quantity: isOther ? '' : count('ConsumedQuantity'),
      unpriced_count: count('x_UnpricedCount'),
      cost: amountText(group.reduce((sum, row) => sum + unitsOf(`${row.BilledCost}`), 0n)),
    };
  });
  return sums.filter(({ service, cost }) => service !== 'other' || cost !== amountText(0n)).sort(byKey);
}

const byKey = (a: Row, b: Row): number =>
  ['account_sid', 'day', 'currency', 'service'].reduce(
    (order, column) => order || byBytes(a[column] ?? '', b[column] ?? ''),
    0,
  );

/** What those sums must be. */
export function expectedFocusSums(days: readonly ExpectedDay[], customerOf: CustomerOf): Row[] {
  const rows = days
    .filter(({ currency }) => currency !== '')
    .flatMap((day): Row[] => {
      const { account, currency } = day;
      const head = { account_sid: account, day: day.day, currency, customer_id: customerOf(account, day.day).id };
      const line = (service: string, counts: readonly number[], cost: bigint): Row => {
        const [record_count, quantity, unpriced_count] = counts.map(String);
        return {
          ...head,
          service,
          record_count: `${record_count}`,
          quantity: `${quantity}`,
          unpriced_count: `${unpriced_count}`,
          cost: amountText(cost),
        };
      };
      const other = otherOf(day);
      return [
        ...(day.callsCount > 0
          ? [line('calls', [day.callsCount, day.callsMinutes, day.callsUnpriced], day.callsCost)]
          : []),
        ...(day.messagesCount > 0
          ? [line('messages', [day.messagesCount, day.messagesSegments, day.messagesUnpriced], day.messagesCost)]
          : []),
        ...(other === 0n ? [] : [{ ...line('other', [0, 0, 0], other), record_count: '', quantity: '' }]),
      ];
    });
  return rows.sort(byKey);
}
