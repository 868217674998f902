import { StorageError } from './errors.js';
import type { ControlTotal } from './manifest.js';
import { decimalText } from './plain-decimal.js';
import type { PriceTotal } from './price-totals.js';
import type { LandedResource } from './resource.js';

/** What came of one resource for one landing file. */
interface Receipts {
  readonly resource: LandedResource;
  readonly rows: number;
  readonly received: readonly PriceTotal[];
}

const remedy =
  'The run ends here and nothing of this file counts: run again; if it stays, report the bug with this line.';

/** Rows accepted are rows in the file. @throws StorageError */
export function requireSameRows({ resource, rows }: Receipts, landed: number): void {
  if (landed === rows) return;
  throw new StorageError(`${resource}: ${rows} rows were received, ${landed} came to landing. ${remedy}`);
}

/**
 * Received = landed, rows and prices by currency: from the bytes on the one side, from the written file on the other.
 * `landed` is of the same pages as `received`. @throws StorageError naming resource, currency and both figures
 */
export function requireSameTotals({ resource, received }: Receipts, landed: readonly ControlTotal[]): void {
  const came = textsOf(received.map((total) => ({ ...total, sum: decimalText(total.sum) })));
  const went = textsOf(landed);
  for (const currency of [...came.keys(), ...went.keys()]) {
    const [here, there] = [came.get(currency) ?? nothing, went.get(currency) ?? nothing];
    if (here !== there) {
      throw new StorageError(
        `${resource} in ${currency || 'no currency'}: ${here} were received, ${there} came to landing. ${remedy}`,
      );
    }
  }
}

const nothing = 'no rows';

const textsOf = (totals: readonly ControlTotal[]): ReadonlyMap<string, string> =>
  new Map(
    totals.map(({ currency, rows, priced, sum }) => [
      currency,
      rows === 0 ? nothing : `${rows} rows, ${priced} priced, ${sum}`,
    ]),
  );
