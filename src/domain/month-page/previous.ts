import { dayRange, monthName } from './calendar.js';
import type { PageData } from './page-data.js';

/** Why this month cannot be compared with the one before; undefined where it can. */
export function comparability({ rows, findings }: Pick<PageData, 'rows' | 'findings'>): string | undefined {
  const previous = rows.previousMonth[0];
  const month = monthName(previous?.month ?? '');
  const asked = BigInt(previous?.asked_count ?? 0);
  if (asked === 0n) return `Nothing of ${month} was read: there is nothing to compare with.`;
  if (asked < BigInt(previous?.day_count ?? 0)) {
    const days = dayRange(previous?.first_day ?? '', previous?.last_day ?? '');
    return `Of ${month} only ${asked} of ${previous?.day_count} days were read (${days}): a comparison would mislead.`;
  }
  const isWhole = !findings.some(({ check }) => check === 'partial_month');
  return isWhole ? undefined : 'This month is not whole yet: it is compared as soon as every day was asked for.';
}
