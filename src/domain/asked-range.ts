import { earliestDay } from './limits.js';
import {
  addDays,
  dayOf,
  type Instant,
  monthWindow,
  parseDay,
  parseMonth,
  startOfDayInstant,
  type Window,
} from './period.js';

/**
 * The days asked for, half-open, all of them over: a day that still runs cannot be complete. Without flags: the previous
 * month and this one to date, which is what a nightly run needs.
 */
export function readRange(
  from: string | undefined,
  to: string | undefined,
  month: string | undefined,
  now: Instant,
  problems: string[],
): Window {
  const today = startOfDayInstant(dayOf(now));
  const thisMonth = monthWindow(today.slice(0, 7));
  if (month !== undefined && (from !== undefined || to !== undefined))
    problems.push('--month goes without --from and --to.');
  if (month !== undefined) return readMonth(month, today, problems);
  if (from === undefined && to === undefined) {
    return { start: `${addDays(thisMonth.start, -1).slice(0, 7)}-01T00:00:00Z`, end: today };
  }
  if (from === undefined || to === undefined) {
    problems.push('--from and --to go together: UTC days, --to exclusive.');
    return thisMonth;
  }
  const start = parseDay(from);
  const end = parseDay(to);
  if (start === undefined) problems.push(`--from ${from} is not a day: YYYY-MM-DD.`);
  if (end === undefined) problems.push(`--to ${to} is not a day: YYYY-MM-DD.`);
  if (start === undefined || end === undefined) return thisMonth;
  if (start >= end) problems.push(`--from ${from} must be before --to ${to} (exclusive).`);
  else if (startOfDayInstant(end) > today) {
    problems.push(
      `--to ${to} lies in the future: days are pulled when they are over (UTC), so at the latest --to ${dayOf(today)}.`,
    );
  }
  requireKnownDays(`--from ${from}`, startOfDayInstant(start), problems);
  return { start: startOfDayInstant(start), end: startOfDayInstant(end) };
}

/** The calendar of the reports (queries/ledger/days.sql) begins with Twilio's founding. */
function requireKnownDays(flag: string, start: Instant, problems: string[]): void {
  if (dayOf(start) < earliestDay)
    problems.push(`${flag} lies before Twilio was founded: at the earliest ${earliestDay}.`);
}

function readMonth(text: string, today: Instant, problems: string[]): Window {
  const month = parseMonth(text);
  if (month === undefined) {
    problems.push(`--month ${text} is not a month: YYYY-MM.`);
    return monthWindow(today.slice(0, 7));
  }
  const window = monthWindow(month);
  requireKnownDays(`--month ${text}`, window.start, problems);
  if (window.start >= today) problems.push(`--month ${text} has no day that is over (UTC).`);
  return window.end > today ? { start: window.start, end: today } : window;
}
