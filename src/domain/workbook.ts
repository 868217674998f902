import { minorUnitsOf } from './minor-units.js';
import { type ColumnKind, kindOf, type ReportShape, type Texts, totalsRow } from './report-shape.js';
import { sheetName } from './workbook-text.js';

/** One column of a sheet: a column of the report, or the exact texts beside one. */
export interface SheetColumn {
  readonly title: string;
  readonly kind: ColumnKind;
  /** Which column of the report it shows. */
  readonly source: number;
  /** How Excel shows it; undefined for booleans, which need none. */
  readonly format: string | undefined;
  /** In characters. */
  readonly width: number;
}

export interface Sheet {
  readonly name: string;
  readonly columns: readonly SheetColumn[];
  /** Of the report, with its columns. */
  readonly rows: readonly Texts[];
  /** In the report's columns, with the index of its label; undefined where the report has none, or no row. */
  readonly totals: ReturnType<typeof totalsRow> | undefined;
}

/** Digits of a number that Excel and LibreOffice keep and show: a binary double holds any decimal of so many. */
const shownDigitsMax = 15;
const plainDecimal = /^-?\d+(?:\.\d+)?$/;
const formats: Readonly<Record<Exclude<ColumnKind, 'number' | 'boolean'>, string>> = {
  // A cell that is edited stays a text: without it, Excel would take what is typed anew as a number or a formula.
  text: '@',
  date: 'yyyy-mm-dd',
  time: 'yyyy-mm-dd hh:mm:ss',
};

/**
 * The sheets of a report: one for each currency, named by it, or one by the report's name where the report has no currency or no row. Pure:
 * what is a number here is still its text.
 * @param totals rows of `selectTotals`
 */
export function sheetsOf(report: ReportShape, rows: readonly Texts[], totals: readonly Texts[]): Sheet[] {
  const currencyAt = report.columns.findIndex(({ name }) => name === 'currency');
  if (rows.length === 0 || currencyAt === -1) {
    return [sheetOf(report, sheetName(report.name, []), undefined, rows, rows.length === 0 ? undefined : totals[0])];
  }
  const groups = new Map<string | null, Texts[]>();
  for (const row of rows) {
    const currency = row[currencyAt] ?? null;
    const group = groups.get(currency);
    if (group === undefined) groups.set(currency, [row]);
    else group.push(row);
  }
  const sheets: Sheet[] = [];
  for (const currency of [...groups.keys()].sort(byCode)) {
    const name = sheetName(
      currencyName(currency),
      sheets.map((sheet) => sheet.name),
    );
    const total = totals.find(([of]) => of === currency);
    sheets.push(sheetOf(report, name, currency ?? '', groups.get(currency) ?? [], total));
  }
  return sheets;
}

/** Codes first, then what was not given, then what is not known. */
const byCode = (a: string | null, b: string | null): number => {
  const [left, right] = [a, b].map((code) => (code === null ? 2 : code === '' ? 1 : 0)) as [number, number];
  return left - right || ((a ?? '') < (b ?? '') ? -1 : 1);
};

function currencyName(currency: string | null): string {
  if (currency === null) return 'currency not known';
  return currency === '' ? 'no currency' : currency;
}

function sheetOf(
  report: ReportShape,
  name: string,
  currency: string | undefined,
  rows: readonly Texts[],
  total: Texts | undefined,
): Sheet {
  const totals = total === undefined || report.totals.length === 0 ? undefined : totalsRow(report, total);
  const columns = report.columns.flatMap(({ name: title, type }, source) => {
    const kind = kindOf(type);
    const texts = rows.map((row) => row[source] ?? null);
    if (totals !== undefined && totals.label !== source) texts.push(totals.texts[source] ?? null);
    const decimalsMin = /^DECIMAL/.test(type) && currency !== undefined ? minorUnitsOf(currency) : 0;
    return columnsOf(title, kind, source, texts, decimalsMin);
  });
  return { name, columns, rows, totals };
}

/** A column of the report, and its exact texts beside it where a number of it is longer than a spreadsheet shows. */
function columnsOf(
  title: string,
  kind: ColumnKind,
  source: number,
  texts: readonly (string | null)[],
  decimalsMin: number,
): SheetColumn[] {
  if (kind !== 'number') {
    const format = kind === 'boolean' ? undefined : formats[kind];
    return [{ title, kind, source, format, width: widthOf([title, ...texts]) }];
  }
  let decimals = decimalsMin;
  let whole = 1;
  let exact = false;
  for (const text of texts) {
    if (text === null) continue;
    const shape = shapeOf(text);
    decimals = Math.max(decimals, shape.decimals);
    whole = Math.max(whole, shape.whole);
    exact ||= shape.digits > shownDigitsMax;
  }
  const format = `#,##0${decimals === 0 ? '' : `.${'0'.repeat(decimals)}`}`;
  // Thousands' separators, a sign and a point.
  const shown = '0'.repeat(whole + Math.ceil(whole / 3) + decimals + 2);
  const column = { title, kind, source, format, width: widthOf([title, shown]) };
  if (!exact) return [column];
  const beside = `${title} (exact)`;
  return [column, { title: beside, kind: 'text', source, format: formats.text, width: widthOf([beside, ...texts]) }];
}

/** How long a number is without the zeros that say nothing: decimals, digits before the point, digits from the first to the last. */
function shapeOf(text: string): { decimals: number; whole: number; digits: number } {
  if (!plainDecimal.test(text)) return { decimals: 0, whole: text.length, digits: 0 };
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const decimals = fraction.replace(/0+$/, '');
  const digits = `${whole}${decimals}`.replace(/^0+/, '').replace(/0+$/, '');
  return { decimals: decimals.length, whole: whole.length, digits: digits.length };
}

/** Wide enough for all of it up to a limit: a name of a thousand letters must not push the rest out of sight. */
const widthOf = (texts: readonly (string | null)[]): number => {
  let width = 8;
  for (const text of texts) width = Math.max(width, text?.length ?? 0);
  return Math.min(width, 48) + 2;
};

/** A number of a column as a spreadsheet can hold it, or not: `NaN` and the like stay texts. */
export const isPlainDecimal = (text: string): boolean => plainDecimal.test(text);

const day = /^(\d{4})-(\d\d)-(\d\d)$/;
const time = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)Z$/;
const dayMs = 86_400_000;
/** 1970-01-01 in the 1900 date system, which has a 29th of February 1900 that never was: from March 1900 on its days are ours. */
const unixEpochDay = 25_569;
const firstDay = '1900-03-01';
/**
 * Parts of a day, of 40 microseconds, that a double holds exactly for every day that a sheet has. A second is rounded up to the next one:
 * LibreOffice cuts a time off where Excel rounds it, and would show the nearest double below 05:59:07 as 05:59:06.
 */
const dayParts = 2 ** 31;

/**
 * A UTC day, or a UTC time to the second, as a spreadsheet counts: days since the end of 1899, with a fraction. Undefined before March 1900,
 * beyond the year 9999 and for what is no date: it stays a text.
 */
export function serialOf(text: string): number | undefined {
  const [, of = text, hours = '0', minutes = '0', seconds = '0'] = time.exec(text) ?? [];
  const [, year, month, date] = day.exec(of) ?? [];
  if (year === undefined || of < firstDay) return undefined;
  const days = Date.UTC(Number(year), Number(month) - 1, Number(date)) / dayMs + unixEpochDay;
  const ofDay = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return days + Math.ceil((ofDay * dayParts) / 86_400) / dayParts;
}
