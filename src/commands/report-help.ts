import { type Query, reportsOf } from '../domain/query.js';

type Queries = ReadonlyMap<string, Query>;

/** One line for each report, by name. */
export function catalogueLines(queries: Queries): string[] {
  const reports = reportsOf(queries);
  const width = Math.max(...reports.map(({ name }) => name.length));
  const lines = reports.map((report) => `${report.name.padEnd(width)}  ${report.purpose}${marksOf(report)}`);
  return [
    ...lines,
    '',
    '"subledger report NAME --help" tells its columns; "subledger report NAME --month 2026-10" writes it.',
  ];
}

export const catalogueJson = (queries: Queries): unknown =>
  reportsOf(queries).map(({ name, purpose, published, needs, ownFile }) => ({
    name,
    purpose,
    published: published && needs === undefined,
    needs,
    file: ownFile,
  }));

function marksOf({ published, needs, ownFile }: Query): string {
  const marks = [
    ...(ownFile === undefined ? [] : [ownFile]),
    ...(published ? [] : ['on demand only']),
    ...(needs === undefined ? [] : [`needs ${needs}.csv`]),
  ];
  return marks.length === 0 ? '' : ` [${marks.join('; ')}]`;
}

/** What somebody must know who reads one report. */
export function helpOf(query: Query): string {
  const { name, purpose, parameters, grain, order, columns, totals } = query;
  const width = Math.max(...columns.map((column) => column.name.length));
  const typeWidth = Math.max(...columns.map((column) => column.type.length));
  const lines = [
    `Usage: subledger report ${name} [options]`,
    '',
    `${purpose}${marksOf(query)}`,
    '',
    'Parameters:',
    ...parameters.map(({ name: parameter, type, note }) => `  $${parameter}  ${type}  ${note}`),
    '',
    `One row for each ${grain.join(', ')}; ordered by ${order.join(', ')}.`,
    ...(totals.length === 0 ? [] : [`Add up over the rows of one currency: ${totals.join(', ')}.`]),
    '',
    'Columns:',
    ...columns.map(({ name: column, type, note }) =>
      `  ${column.padEnd(width)}  ${type.padEnd(typeWidth)}  ${note}`.trimEnd(),
    ),
    '',
    '"subledger report --help" tells the options.',
  ];
  return `${lines.join('\n')}\n`;
}
