/**
 * Twilio ignores filters whose names it does not know, and answers everything. The envelope's `uri` repeats those that it did
 * apply, so each filter that was sent must be found there again.
 */

/** A filter as it went over the wire, without its `=`: `StartTime>` and `2026-10-01T00:00:00Z`. */
export interface SentFilter {
  readonly name: string;
  readonly value: string;
  /** How the echo is compared: as an instant, as the midnight of a UTC day, or as text without regard to case. */
  readonly kind: 'instant' | 'day' | 'text';
}

/** What is wrong with the echo, naming the filter, or undefined where all of them were applied. */
export function checkEcho(envelopeUri: string, filters: readonly SentFilter[]): string | undefined {
  const query = envelopeUri.includes('?') ? envelopeUri.slice(envelopeUri.indexOf('?') + 1) : '';
  const echoed = new URLSearchParams(query);
  for (const filter of filters) {
    const values = echoed.getAll(filter.name);
    if (values.length === 0) return `Twilio did not apply the filter ${filter.name}: its answer does not repeat it`;
    if (!values.every((value) => meansTheSame(value, filter))) {
      return `Twilio understood the filter ${filter.name} otherwise than it was sent (${filter.value})`;
    }
  }
  return undefined;
}

function meansTheSame(echoed: string, filter: SentFilter): boolean {
  if (filter.kind === 'text') return echoed.trim().toLowerCase() === filter.value.toLowerCase();
  const sentMs = parseEchoedTimeMs(filter.value);
  return sentMs !== undefined && parseEchoedTimeMs(echoed) === sentMs;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** The zone names of RFC 2822 section 4.3, in hours from UTC. A name not listed here makes a time unreadable, never UTC. */
const zoneHours: Readonly<Record<string, number>> = {
  Z: 0,
  UT: 0,
  UTC: 0,
  GMT: 0,
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
};

const zone = String.raw`(?: ?(?<zone>[A-Za-z]{1,4}|[+-]?\d{2}:?\d{2}))?`;
const clock = String.raw`(?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.(?<fraction>\d{1,9}))?)?`;
/**
 * The forms that the examples of Twilio's OpenAPI document echo: `2008-01-02`, `2019-06-11 22:05:25.000`,
 * `06/11/2019 22:05:25 MST` and `Wed, 19 Jun 2019 22:04:00 -0000`; and ISO 8601, as the client sends it.
 */
const timeForms = [
  new RegExp(String.raw`^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?:[T ]${clock}${zone})?$`),
  new RegExp(String.raw`^(?<month>\d{2})/(?<day>\d{2})/(?<year>\d{4})(?: ${clock}${zone})?$`),
  new RegExp(String.raw`^(?:[A-Za-z]{3}, )?(?<day>\d{1,2}) (?<monthName>[A-Za-z]{3}) (?<year>\d{4}) ${clock}${zone}$`),
];

/** Milliseconds since 1970 of a time in one of those forms; undefined where it is none. A text without a zone is UTC. */
export function parseEchoedTimeMs(text: string): number | undefined {
  // A `+` that was not escaped arrives as a space: `…  0000` was `… +0000`.
  const tidy = text.trim().replace(/ +/g, ' ');
  for (const form of timeForms) {
    const parts = form.exec(tidy)?.groups;
    if (parts === undefined) continue;
    const offsetMinutes = zoneMinutes(parts.zone);
    const month =
      parts.month === undefined ? months.indexOf(`${parts.monthName}`.toLowerCase()) + 1 : Number(parts.month);
    const day = Number(parts.day);
    const midnight = new Date(Date.UTC(Number(parts.year), month - 1, day));
    if (offsetMinutes === undefined || midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) continue;
    const minutes = Number(parts.hour ?? 0) * 60 + Number(parts.minute ?? 0) - offsetMinutes;
    const fractionMs = Number(`0.${parts.fraction ?? 0}`) * 1000;
    return midnight.getTime() + minutes * 60_000 + Number(parts.second ?? 0) * 1000 + fractionMs;
  }
  return undefined;
}

function zoneMinutes(text: string | undefined): number | undefined {
  if (text === undefined) return 0;
  const offset = /^([+-]?)(\d{2}):?(\d{2})$/.exec(text);
  if (offset === null) {
    const hours = zoneHours[text.toUpperCase()];
    return hours === undefined ? undefined : hours * 60;
  }
  const minutes = Number(offset[2]) * 60 + Number(offset[3]);
  return offset[1] === '-' ? -minutes : minutes;
}
