import { type Query, type QueryColumn, type QueryKind, type QueryLayer, queryKinds } from './query.js';

export type ParsedQuery = { readonly query: Query } | { readonly problems: readonly string[] };

const knownKeys = [
  'purpose',
  'kind',
  'parameters',
  'reads',
  'grain',
  'order',
  'columns',
  'severity',
  'meaning',
  'example',
  'totals',
  'needs',
  'published',
  'pieces',
];
const columnPattern = /^(\S+)\s+([A-Z]+(?:\(\d+, ?\d+\))?(?:\[\])?)(?:\s+(.*))?$/;

interface Header {
  readonly values: ReadonlyMap<string, string>;
  readonly columnLines: readonly string[];
  readonly problems: readonly string[];
}

/** Leading `-- key: value` lines. A line indented by more than five spaces goes on with the line before it. */
function readHeader(sql: string): Header {
  const values = new Map<string, string>();
  const columnLines: string[] = [];
  const problems: string[] = [];
  let key = '';
  for (const line of sql.split(/\r?\n/)) {
    const keyed = /^-- ([a-z]+):(?:\s+(.*))?$/.exec(line);
    const indented = /^--( {2,})(\S.*)$/.exec(line);
    if (keyed?.[1] !== undefined) {
      key = keyed[1];
      if (!knownKeys.includes(key))
        problems.push(`header line \`${key}:\` is not known; use one of ${knownKeys.join(', ')}`);
      if (values.has(key)) problems.push(`header line \`${key}:\` stands twice; keep one`);
      values.set(key, (keyed[2] ?? '').trim());
    } else if (indented?.[1] !== undefined && indented[2] !== undefined && key !== '') {
      const text = indented[2].trim();
      const last = columnLines.length - 1;
      if (key !== 'columns') values.set(key, `${values.get(key) ?? ''} ${text}`.trim());
      else if (indented[1].length <= 5 || last < 0) columnLines.push(text);
      else columnLines[last] = `${columnLines[last] ?? ''} ${text}`;
    } else break;
  }
  return { values, columnLines, problems };
}

function parseColumn(text: string): QueryColumn | undefined {
  const match = columnPattern.exec(text.trim());
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { name: match[1], type: match[2].replace(' ', ''), note: match[3] ?? '' };
}

const splitList = (text: string, separator: string): string[] =>
  text === 'none' || text === '' ? [] : text.split(separator).map((part) => part.trim());

/** Layers of few kinds. */
const kindsOfLayer: { readonly [layer in QueryLayer]?: readonly QueryKind[] } = {
  daily: ['daily', 'view', 'query'],
  reconciliation: ['period', 'query'],
  page: ['query'],
};
/** Kinds that belong to one layer, or are written otherwise. */
const kindsElsewhere: readonly QueryKind[] = ['daily', 'period', 'merge', 'report', 'check'];

function parseKind(text: string | undefined, layer: QueryLayer): { kind: QueryKind; mergeKey: string[] } | undefined {
  if (layer === 'reports' || layer === 'checks') {
    return text === undefined ? { kind: layer === 'reports' ? 'report' : 'check', mergeKey: [] } : undefined;
  }
  if (text?.startsWith('merge by ')) return { kind: 'merge', mergeKey: splitList(text.slice('merge by '.length), ',') };
  const kind = queryKinds.find((known) => known === text);
  if (kind === undefined) return undefined;
  const fits = kindsOfLayer[layer]?.includes(kind) ?? !kindsElsewhere.includes(kind);
  return fits ? { kind, mergeKey: [] } : undefined;
}

function parseColumns(lines: readonly string[], what: string, problems: string[]): QueryColumn[] {
  const columns: QueryColumn[] = [];
  for (const line of lines) {
    const column = parseColumn(line);
    if (column === undefined)
      problems.push(`${what} \`${line}\` is not \`name TYPE note\`, as in \`cost DECIMAL(18,8) null = unpriced\``);
    else if (columns.some((other) => other.name === column.name)) problems.push(`${what} ${column.name} stands twice`);
    else columns.push(column);
  }
  return columns;
}

/** Names of a list that should be columns and are none. `desc` after a name is part of an order, not of the name. */
const strangers = (names: readonly string[], columns: readonly QueryColumn[]): string[] =>
  names.filter((name) => !columns.some((column) => column.name === name.replace(/ desc$/, '')));

/** The query of one file, or everything that is wrong with its header. Held against the SQL itself by a test only. */
export function parseQuery(layer: QueryLayer, name: string, sql: string): ParsedQuery {
  const { values, columnLines, problems: headerProblems } = readHeader(sql);
  const problems = [...headerProblems];
  if (!/^[a-z][a-z0-9_]*$/.test(name)) problems.push(`the name ${name} is not snake_case; rename the file`);
  const needed =
    layer === 'macros' ? ['purpose', 'parameters'] : ['purpose', 'parameters', 'reads', 'grain', 'order', 'columns'];
  if (layer === 'checks') needed.push('severity', 'meaning');
  for (const key of needed) {
    const given = key === 'columns' ? columnLines.length > 0 : (values.get(key) ?? '') !== '';
    if (!given) problems.push(`the header has no \`-- ${key}:\`; add it (\`none\` where there is none)`);
  }
  const kind = parseKind(values.get('kind'), layer);
  if (kind === undefined) problems.push(`\`-- kind: ${values.get('kind') ?? ''}\` does not fit the layer ${layer}`);
  const columns = parseColumns(columnLines, 'column', problems);
  const parameters = parseColumns(
    splitList(values.get('parameters') ?? '', ';').map((text) => text.replace(/^\$/, '')),
    'parameter',
    problems,
  );
  const severity = values.get('severity');
  if (severity !== undefined && severity !== 'fail' && severity !== 'warn')
    problems.push(`severity ${severity} is neither fail nor warn`);
  const grain = splitList(values.get('grain') ?? '', ',');
  const grainIsWords = kind?.kind === 'landing' || layer === 'macros';
  const order = splitList(values.get('order') ?? '', ',');
  const key = kind?.mergeKey ?? [];
  const totals = splitList(values.get('totals') ?? '', ',');
  for (const stranger of strangers([...(grainIsWords ? [] : grain), ...order, ...key, ...totals], columns)) {
    problems.push(`${stranger} stands in grain, order, totals or kind but is no column`);
  }
  if (layer !== 'reports' && ['totals', 'needs', 'published', 'pieces'].some((one) => values.has(one)))
    problems.push('only a report has `-- totals:`, `-- needs:`, `-- published:` and `-- pieces:`; take them out');
  if (!['no', undefined].includes(values.get('published')))
    problems.push(
      `\`-- published: ${values.get('published') ?? ''}\` is not \`no\`; without that line a report is published`,
    );
  if (!['day', undefined].includes(values.get('pieces')))
    problems.push(
      `\`-- pieces: ${values.get('pieces') ?? ''}\` is not \`day\`; without that line a report is made at once`,
    );
  for (const { name: column, type } of columns) {
    if (totals.includes(column) && !/^(DECIMAL|BIGINT|INTEGER)/.test(type))
      problems.push(`${column} stands in totals but is ${type}; only DECIMAL, BIGINT and INTEGER add up`);
  }
  if (problems.length > 0 || kind === undefined) return { problems };
  return {
    query: {
      layer,
      name,
      purpose: values.get('purpose') ?? '',
      ...kind,
      parameters,
      reads: splitList(values.get('reads') ?? '', ','),
      grain: grainIsWords ? [] : grain,
      order,
      columns,
      totals,
      needs: values.get('needs'),
      published: !values.has('published'),
      byDay: values.has('pieces'),
      severity: severity === 'fail' || severity === 'warn' ? severity : undefined,
      meaning: values.get('meaning'),
      sql: sql.trimEnd(),
    },
  };
}
