/** UTC only. An instant is a whole number of seconds since 1970-01-01T00:00:00Z; a day is a whole number of days since then. */

export const HOUR_SECONDS = 3600;
export const DAY_SECONDS = 86_400;

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const dayTexts = new Map<number, string>();

/** `2026-09-01` for a day number. */
export function dayText(day: number): string {
  let text = dayTexts.get(day);
  if (text === undefined) {
    text = new Date(day * DAY_SECONDS * 1000).toISOString().slice(0, 10);
    dayTexts.set(day, text);
  }
  return text;
}

/** `2026-09` for a day number. */
export function monthText(day: number): string {
  return dayText(day).slice(0, 7);
}

/** Day of the month, 1 to 31. */
export function dayOfMonth(day: number): number {
  return Number(dayText(day).slice(8));
}

/** 0 = Sunday. 1970-01-01 was a Thursday. */
export function weekday(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** The day an instant falls on. */
export function dayOf(instant: number): number {
  return Math.floor(instant / DAY_SECONDS);
}

/** `Thu`, for a day number. */
export function weekdayName(day: number): string {
  return WEEKDAYS[weekday(day)] ?? '';
}

/** `Oct`, for a day number. */
export function monthName(day: number): string {
  return MONTHS[Number(dayText(day).slice(5, 7)) - 1] ?? '';
}

/** `Fri, 18 Oct 2019 17:02:00 +0000`: the form of every date in accounts, calls and messages (Twilio's OpenAPI document). */
export function rfc2822(instant: number): string {
  const day = dayOf(instant);
  const two = (value: number): string => String(Math.floor(value) % 60).padStart(2, '0');
  const second = instant - day * DAY_SECONDS;
  const clock = `${String(Math.floor(second / 3600)).padStart(2, '0')}:${two(second / 60)}:${two(second)}`;
  const date = dayText(day);
  return `${weekdayName(day)}, ${date.slice(8)} ${monthName(day)} ${date.slice(0, 4)} ${clock} +0000`;
}

/** `2019-06-24T22:32:49+00:00`: the form of `as_of` in usage records. */
export function isoOffset(instant: number): string {
  return `${new Date(instant * 1000).toISOString().slice(0, 19)}+00:00`;
}

/** `2019-06-24T22:32:49Z`: the form that the control plane speaks. */
export function isoInstant(instant: number): string {
  return `${new Date(instant * 1000).toISOString().slice(0, 19)}Z`;
}

/** The day number of `YYYY-MM-DD`, or undefined where that is not a day of the calendar. */
export function parseDay(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const day = Date.parse(`${text}T00:00:00Z`) / (DAY_SECONDS * 1000);
  return Number.isInteger(day) && dayText(day) === text ? day : undefined;
}

const ZONELESS = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)$/;

/**
 * A date filter's value as Twilio accepts it: a bare day, an ISO datetime, RFC 2822 or `06/11/2019 22:05:25 MST` (all
 * of these stand in the examples of its OpenAPI document). Without a zone it is UTC. Fractions of a second are cut.
 */
export function parseFilterTime(text: string): { instant: number; wholeDay: boolean } | undefined {
  const day = parseDay(text);
  if (day !== undefined) return { instant: day * DAY_SECONDS, wholeDay: true };
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const zoneless = ZONELESS.exec(text);
  let millis = Date.parse(zoneless ? `${zoneless[1]}T${zoneless[2]}Z` : text);
  if (zoneless === null && !/(?:Z|[+-]\d{2}:?\d{2}|[A-Z]{3,4})$/.test(text)) millis = Date.parse(`${text} UTC`);
  return Number.isNaN(millis) ? undefined : { instant: Math.floor(millis / 1000), wholeDay: false };
}

/** A day, or `-30days` counted from today (Twilio's OpenAPI document, usage records, StartDate). */
export function parseUsageDay(text: string, today: number): number | undefined {
  const offset = /^([+-]\d{1,5})days?$/.exec(text);
  return offset ? today + Number(offset[1]) : parseDay(text);
}
