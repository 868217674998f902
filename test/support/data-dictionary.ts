import type { Query, QueryColumn, QueryLayer } from '../../src/domain/query.js';

/** docs/data-dictionary.md, from the headers of queries/. Change a header, never the page. */
export function dataDictionary(queries: Iterable<Query>): string {
  const all = [...queries];
  const of = (layer: QueryLayer): Query[] => all.filter((query) => query.layer === layer && query.kind !== 'query');
  return [
    '# Data dictionary',
    '',
    'Made from the headers of `queries/`: change a header and run `npx vitest run test/docs -u`. A test compares the two.',
    '',
    'In every file: UTC; half-open ranges (`start` is in, `end` is out); money as exact decimals, positive = Twilio charged us,',
    'never added across currencies; an empty field is null and `""` the empty text; times as ISO 8601, `2026-10-01T12:00:00Z`. A text that a spreadsheet would run as a',
    'formula begins with one apostrophe more than Twilio has it.',
    '',
    '## Published files',
    '',
    'One file each in `output/<YYYY-MM>/`; `customer_statement` is cut by customer into `customers/`. `findings.csv` holds what the checks',
    'below found, with severity, subject, detail and what to do.',
    '',
    ...of('reports').flatMap((query) => relation(query, `${query.name}.csv`)),
    '## Checks',
    '',
    'A check returns rows where something is wrong; none is good. `fail` stops publication, `warn` goes into `findings.csv`.',
    '',
    '| check | severity | looks for | what to do |',
    '|---|---|---|---|',
    ...of('checks').map((query) =>
      row([`\`${query.name}\``, query.severity ?? '', query.purpose, query.meaning ?? '']),
    ),
    '',
    '## The ledger',
    '',
    'Tables and views of the database, for ad hoc questions.',
    '',
    ...of('ledger').flatMap((query) => relation(query, query.name)),
    '## Sums by day',
    '',
    'Tables and views of the database, kept up to date as records are loaded.',
    '',
    ...of('daily').flatMap((query) => relation(query, query.name)),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function relation(query: Query, title: string): string[] {
  return [
    `### ${title}`,
    '',
    query.purpose,
    '',
    `Grain: ${query.grain.map((name) => `\`${name}\``).join(', ')}.${order(query)}`,
    '',
    '| column | type | |',
    '|---|---|---|',
    ...query.columns.map((column: QueryColumn) => row([`\`${column.name}\``, column.type, column.note])),
    '',
  ];
}

const order = (query: Query): string =>
  query.order.length === 0 ? '' : ` Order: ${query.order.map((name) => `\`${name}\``).join(', ')}.`;

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
