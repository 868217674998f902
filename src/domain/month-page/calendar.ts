import type { Day, Month } from '../period.js';

const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const nameOf = (month: string): string => monthNames[Number.parseInt(month, 10) - 1] ?? month;

/** `October 2026`, of `2026-10` or of any day of it. */
export const monthName = (month: Month | Day): string => `${nameOf(month.slice(5, 7))} ${month.slice(0, 4)}`;

/** `1 Oct`. */
export const shortDay = (day: Day): string =>
  `${Number.parseInt(day.slice(8, 10), 10)} ${nameOf(day.slice(5, 7)).slice(0, 3)}`;

/** `1 Oct` or `1 to 31 Oct`: days inclusive. */
export const dayRange = (first: Day, last: Day): string =>
  first === last
    ? shortDay(first)
    : first.slice(0, 7) === last.slice(0, 7)
      ? `${Number.parseInt(first.slice(8, 10), 10)} to ${shortDay(last)}`
      : `${shortDay(first)} to ${shortDay(last)}`;

/** The day's number within its month: 1 = the first. */
export const dayNumber = (day: Day): number => Number.parseInt(day.slice(8, 10), 10);
