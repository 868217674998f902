import type { Finding } from '../domain/finding.js';
import { monthPageHtml } from '../domain/month-page/page.js';
import { type PageFile, type PageRows, pageQueries } from '../domain/month-page/page-data.js';
import { style } from '../domain/month-page/style.js';
import type { Window } from '../domain/period.js';
import { byColumn, type DayParameters, dayParameters, parametersOf, type Query, queryNamed } from '../domain/query.js';
import { causes, type Reconciliation, type ReportRow } from '../domain/reconciliation.js';

export interface MonthPagePorts {
  readonly sql: {
    texts(name: string, sql: string, parameters?: DayParameters): Promise<readonly (readonly (string | null)[])[]>;
  };
  readonly queries: ReadonlyMap<string, Query>;
  /** In hexadecimal. */
  sha256(text: string): string;
}

/** What the page is about, besides what its queries find in the materialised reports. */
export interface MonthPageFacts {
  readonly period: Window;
  readonly mainAccount: string | undefined;
  readonly reconciliation: Reconciliation;
  readonly findings: readonly Finding[];
  /** Of the set that the page belongs to, as far as they are written. */
  readonly files: readonly { readonly file: string; readonly rows?: number }[];
}

/** report.html of a month, from its materialised reports (`materialise`): the same data gives the same bytes, at most some hundred kilobytes. */
export async function monthPage(ports: MonthPagePorts, facts: MonthPageFacts): Promise<string> {
  const rows: Partial<Record<keyof PageRows, readonly ReportRow[]>> = {};
  for (const [key, name] of Object.entries(pageQueries)) {
    rows[key as keyof PageRows] = await rowsOf(ports, name, facts.period);
  }
  const { columns } = queryNamed(ports.queries, 'reconciliation_summary');
  const notes = columns.filter(({ name }) => (causes as readonly string[]).includes(name));
  const data = {
    ...facts,
    rows: rows as PageRows,
    causeNotes: Object.fromEntries(notes.map(({ name, note }) => [name, note])),
    files: filesOf(ports.queries, facts.files),
  };
  return monthPageHtml(data, ports.sha256(style));
}

async function rowsOf({ sql, queries }: MonthPagePorts, name: string, period: Window): Promise<readonly ReportRow[]> {
  const query = queryNamed(queries, name);
  const found = await sql.texts(name, query.sql, parametersOf(query, dayParameters(period)));
  return found.map((row) => byColumn(query, row));
}

/** What files hold that no report makes. */
const otherPurposes: Readonly<Record<string, string>> = {
  'findings.csv': 'What deserves a look, and what to do about it.',
  'reconciliation.md': 'The comparison with Twilio’s Usage Records as text.',
};

/** The files of the folder itself; the customers’ statements, of which there may be thousands, are linked where a customer is named. */
const filesOf = (queries: ReadonlyMap<string, Query>, files: MonthPageFacts['files']): PageFile[] =>
  files
    .filter(({ file }) => !file.includes('/'))
    .map(({ file, rows }) => ({
      file,
      rows,
      purpose: queries.get(file.replace(/\.csv$/, ''))?.purpose ?? otherPurposes[file] ?? '',
    }));
