import { UTCDate } from '@date-fns/utc';
// One by one: the whole of date-fns takes a tenth of a second to load, at every start.
import { addDays as addDaysTo } from 'date-fns/addDays';
import { addMonths } from 'date-fns/addMonths';
import { differenceInCalendarDays } from 'date-fns/differenceInCalendarDays';
import { startOfDay } from 'date-fns/startOfDay';
import { startOfMonth } from 'date-fns/startOfMonth';

/** `2026-10-01T00:00:00Z`: UTC, whole seconds. Such texts sort as the instants do. */
export type Instant = string;
/** `2026-10-01`: a UTC day. */
export type Day = string;
/** `2026-10`: a UTC month. */
export type Month = string;

/** Half-open: `start` is in, `end` is out. */
export interface Window {
  readonly start: Instant;
  readonly end: Instant;
}

export const instantOf = (date: Date): Instant => `${date.toISOString().slice(0, 19)}Z`;
export const dateOf = (instant: Instant): Date => new Date(instant);
export const dayOf = (instant: Instant): Day => instant.slice(0, 10);
export const startOfDayInstant = (day: Day): Instant => `${day}T00:00:00Z`;
export const addDays = (instant: Instant, days: number): Instant => instantOf(addDaysTo(new UTCDate(instant), days));
export const startOfUtcDay = (instant: Instant): Instant => instantOf(startOfDay(new UTCDate(instant)));

/** A real calendar day written `YYYY-MM-DD`, or undefined. */
export function parseDay(text: string): Day | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : undefined;
}

/** A month written `YYYY-MM`, or undefined. */
export const parseMonth = (text: string): Month | undefined =>
  /^\d{4}-\d{2}$/.test(text) && parseDay(`${text}-01`) !== undefined ? text : undefined;

export function monthWindow(month: Month): Window {
  const start = startOfDayInstant(`${month}-01`);
  return { start, end: instantOf(addMonths(new UTCDate(start), 1)) };
}

/** Every UTC month that the window touches, oldest first. */
export function monthsOf(window: Window): Month[] {
  const months: Month[] = [];
  let month = startOfMonth(new UTCDate(window.start));
  while (instantOf(month) < window.end) {
    months.push(instantOf(month).slice(0, 7));
    month = addMonths(month, 1);
  }
  return months;
}

/** Calendar days between two midnights. */
export const daysIn = (window: Window): number =>
  differenceInCalendarDays(new UTCDate(window.end), new UTCDate(window.start));

/** `window` less `holes`, as the fewest windows in time order. Holes may overlap and come in any order. */
/** The window in pieces of so many days, the last one of what is left. */
export function piecesOf(window: Window, days: number): Window[] {
  const pieces: Window[] = [];
  for (let start = window.start; start < window.end; start = addDays(start, days)) {
    const end = addDays(start, days);
    pieces.push({ start, end: end > window.end ? window.end : end });
  }
  return pieces;
}

export function subtractWindows(window: Window, holes: readonly Window[]): Window[] {
  const left: Window[] = [];
  let from = window.start;
  for (const hole of [...holes].sort((a, b) => (a.start < b.start ? -1 : 1))) {
    if (hole.end <= hole.start || hole.end <= from || hole.start >= window.end) continue;
    if (hole.start > from) left.push({ start: from, end: hole.start });
    from = hole.end;
    if (from >= window.end) return left;
  }
  if (from < window.end) left.push({ start: from, end: window.end });
  return left;
}
