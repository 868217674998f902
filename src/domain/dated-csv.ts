import type { CsvRecord } from './csv-record.js';
import { type Day, parseDay } from './period.js';

/** What CSV files of dated entries have in common that people write: columns, days, and entries that follow each other. */

/** An entry of such a file, from a day (inclusive) to a day (exclusive), UTC. */
export interface DatedEntry {
  /** In the file, counted from 1. */
  readonly line: number;
  /** Undefined = always. */
  readonly validFrom: Day | undefined;
  /** Undefined = for ever. */
  readonly validTo: Day | undefined;
}

/** What is wrong with a header that must name each of the columns once, in any order. */
export function headerProblems({ line, fields }: CsvRecord, columns: readonly string[]): string[] {
  const names = fields.map((field) => field.trim());
  const at = `line ${line}:`;
  if (names.length === 1 && columns.some((name) => /[;\t]/.test(names[0] ?? '') && (names[0] ?? '').includes(name)))
    return [
      `${at} the columns are not separated by commas; save the file as CSV with commas (and a point in decimals)`,
    ];
  return [
    ...columns.filter((name) => !names.includes(name)).map((name) => `${at} column ${name} is missing`),
    ...names
      .filter((name) => !columns.includes(name))
      .map((name) => `${at} column "${name}" is not known; columns are ${columns}`),
    ...names
      .filter((name, index) => columns.includes(name) && names.indexOf(name) !== index)
      .map((name) => `${at} column ${name} stands twice`),
  ];
}

/** The fields `valid_from` and `valid_to` of a record; each thing that is wrong with them goes to `problem`. */
export function parseWindow(
  field: (name: string) => string,
  problem: (text: string) => void,
): Pick<DatedEntry, 'validFrom' | 'validTo'> {
  const day = (name: string): Day | undefined => {
    const text = field(name);
    if (text !== '' && parseDay(text) === undefined) problem(`${name} "${text}" is no day written YYYY-MM-DD`);
    return parseDay(text);
  };
  const [validFrom, validTo] = [day('valid_from'), day('valid_to')];
  if (validFrom !== undefined && validTo !== undefined && validTo <= validFrom) {
    problem(
      `valid_to ${validTo} is not after valid_from ${validFrom}; valid_to is the first day that no longer counts`,
    );
  }
  return { validFrom, validTo };
}

/** How entries of one key are told: entries of the same key must follow each other without overlap and without gap. */
export interface Following<Entry extends DatedEntry> {
  keyOf(entry: Entry): string;
  /** The key for people. */
  nameOf(entry: Entry): string;
  /** Of two entries of the same days: whether the later one merely says the same again. */
  isSame(earlier: Entry, later: Entry): boolean;
}

export function windowProblems<Entry extends DatedEntry>(
  entries: readonly Entry[],
  following: Following<Entry>,
): string[] {
  const problems: string[] = [];
  const reaching = new Map<string, Entry>();
  const inOrder = entries.toSorted((a, b) => compare(a.validFrom ?? '', b.validFrom ?? '') || a.line - b.line);
  for (const entry of inOrder) {
    const key = following.keyOf(entry);
    const earlier = reaching.get(key);
    if (earlier !== undefined) problems.push(...betweenProblems(earlier, entry, following));
    if (earlier === undefined || endOf(entry) >= endOf(earlier)) reaching.set(key, entry);
  }
  return problems;
}

/** Sorts after every day where the entry holds for ever. */
const endOf = (entry: DatedEntry): string => entry.validTo ?? '~';
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function betweenProblems<Entry extends DatedEntry>(
  earlier: Entry,
  later: Entry,
  { nameOf, isSame }: Following<Entry>,
): string[] {
  const at = `line ${later.line}: ${nameOf(later)}`;
  const sameDays = earlier.validFrom === later.validFrom && earlier.validTo === later.validTo;
  if (sameDays && isSame(earlier, later)) return [`${at} stands already on line ${earlier.line}`];
  if (earlier.validTo === undefined || later.validFrom === undefined || later.validFrom < earlier.validTo) {
    return [`${at} overlaps line ${earlier.line}, which holds ${window(earlier)}`];
  }
  if (later.validFrom > earlier.validTo) {
    return [`${at} leaves a gap from ${earlier.validTo} to ${later.validFrom} after line ${earlier.line}`];
  }
  return [];
}

const window = (entry: DatedEntry): string =>
  `from ${entry.validFrom ?? 'the beginning'} to ${entry.validTo ?? 'for ever'}`;

const lineOf = (problem: string): number => Number.parseInt(/^line (\d+)/.exec(problem)?.[1] ?? '0', 10);

/** Problems that begin with `line N:`, as somebody meets them who reads the file. */
export const inLineOrder = (problems: readonly string[]): string[] =>
  problems.toSorted((a, b) => lineOf(a) - lineOf(b) || compare(a, b));
