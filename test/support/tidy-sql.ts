import { bareSql } from './sql-facts.js';
import { file, matchLines, type Rule, type SourceFile } from './tidy-rule.js';

/** Rules of the SQL that words alone can show. The headers are held against the queries by test/queries/headers.test.ts. */
const lineCharactersMax = 120;
/** Layers whose SQL a distributed engine should run unchanged. */
const portableLayers = ['ledger', 'daily', 'reconciliation', 'checks', 'reports', 'page'];

const layerOf = (path: string): string => path.split('/')[1] ?? '';
const inQueries = (path: string): boolean => path.startsWith('queries/') && path.endsWith('.sql');
const isPortable = (path: string): boolean => inQueries(path) && portableLayers.includes(layerOf(path));

const report = (sql: string): SourceFile[] => [file('queries/reports/x.sql', sql)];

const banned = (name: string, pattern: RegExp, what: string, remedy: string, bad: string[], good: string[]): Rule => ({
  name,
  remedy,
  applies: isPortable,
  check: (files) => matchLines(files, pattern, what, bareSql),
  bad: bad.map(report),
  good: good.map(report),
});

const headerReads = (text: string): string[] =>
  (/^-- reads: +(.*)$/m.exec(text)?.[1] ?? '').split(',').map((name) => name.trim());

/** Which names a layer may read. What is neither raw nor staged nor a report's result is the ledger's or a seed. */
const mayRead: Readonly<Record<string, (name: string) => boolean>> = {
  raw: () => true,
  macros: () => true,
  staging: (name) => !/^(staging|report)_/.test(name),
  ledger: (name) => !/^(raw|received|report)_/.test(name),
  daily: (name) => !/^(raw|received|staging|report)_/.test(name),
  reconciliation: (name) => !/^(raw|received|staging)_/.test(name),
  reports: (name) => !/^(raw|received|staging|report)_/.test(name),
  page: (name) => !/^(raw|received|staging)_/.test(name),
  checks: (name) => !/^(raw|received|staging)_/.test(name),
};

const layers: Rule = {
  name: 'only staging reads raw, only the ledger reads staging, reports and checks read the ledger',
  remedy: 'Bring what is needed into the ledger as a view or table of its own, and read that.',
  applies: inQueries,
  check: (files) =>
    files.flatMap(({ path, text }) =>
      headerReads(text)
        .filter((name) => !(mayRead[layerOf(path)]?.(name) ?? false))
        .map((name) => `${path}:1: ${layerOf(path)} reads ${name}`),
    ),
  bad: [
    report('-- reads:      calls, staging_calls'),
    [file('queries/ledger/x.sql', '-- reads:      raw_calls')],
    [file('queries/checks/x.sql', '-- reads:      staging_calls')],
    [file('queries/unknown/x.sql', '-- reads:      calls')],
  ],
  good: [report('-- reads:      calls'), [file('queries/checks/x.sql', '-- reads:      report_customer_cost, calls')]],
};

const lineLengths: Rule = {
  name: `a line of SQL has at most ${lineCharactersMax} characters`,
  remedy: 'Break it. A header line goes on in the next line, indented to its text.',
  // A type given to from_json is one literal: it cannot be broken.
  applies: (path) => inQueries(path) && layerOf(path) !== 'raw' && layerOf(path) !== 'macros',
  check: (files) => matchLines(files, new RegExp(`^.{${lineCharactersMax + 1}}`, 'u'), 'is too long'),
  bad: [report('x'.repeat(lineCharactersMax + 1))],
  good: [report('x'.repeat(lineCharactersMax))],
};

const fileNames: Rule = {
  name: 'SQL files are snake_case',
  remedy: 'Rename the file.',
  applies: inQueries,
  check: (files) =>
    files
      .filter(({ path }) => !/^[a-z][a-z0-9_]*\.sql$/.test(path.split('/').at(-1) ?? ''))
      .map(({ path }) => `${path}:1: is not snake_case`),
  bad: [[file('queries/reports/two-words.sql', '')], [file('queries/reports/twoWords.sql', '')]],
  good: [[file('queries/reports/two_words.sql', '')]],
};

/** The text of the step that a join stands in: back to the CTE's beginning, with the comments just above it. */
function stepBefore(lines: readonly string[], at: number): string {
  let first = at;
  while (first > 0 && !/^(with )?\w+ as \($|^select$/.test(lines[first] ?? '')) first -= 1;
  while (first > 0 && /^\s*--/.test(lines[first - 1] ?? '')) first -= 1;
  return lines.slice(first, at).join('\n');
}

const cardinalities: Rule = {
  name: 'a comment gives the cardinality of every join',
  remedy:
    'Say it above the join, with the reason: `-- n:1, an account is listed once`. Aggregate to the join key before joining.',
  applies: isPortable,
  check: (files) =>
    files.flatMap(({ path, text }) => {
      const lines = text.split('\n');
      return lines.flatMap((line, index) =>
        /^\s*(?:left |full |cross |inner )?join\b/.test(line) && !/--.*\b[1nm]:[1nm]\b/.test(stepBefore(lines, index))
          ? [`${path}:${index + 1}: joins without a cardinality`]
          : [],
      );
    }),
  bad: [report('with final as (\n  select a\n  from t as t\n  join u as u on u.a = t.a\n)')],
  good: [
    report('with final as (\n  select a\n  from t as t\n  -- n:1, u is keyed by a\n  left join u as u on u.a = t.a\n)'),
  ],
};

export const sqlRules: readonly Rule[] = [
  layers,
  lineLengths,
  fileNames,
  cardinalities,
  banned(
    'no `select *`',
    /(?:^|\bselect|,)\s*(?:\w+\.)?\*(?:\s*,|\s*$|\s+from\b)/i,
    'selects *',
    'Name the columns.',
    ['select * from t', 'select\n  t.* from t', 'select a, * from t'],
    ['select count(*) from t', 'select a * b from t'],
  ),
  banned(
    'no clock in SQL',
    /\b(?:now|today|current_date|current_timestamp|localtimestamp|get_current_\w+|random)\b/i,
    'reads the clock or a random number',
    'Take the day as a parameter: the same inputs must give the same bytes.',
    ['select now()', 'select current_date as today'],
    ['select day from days'],
  ),
  banned(
    'no floats: neither AVG nor / nor DOUBLE',
    /\bavg\s*\(|[^/]\/[^/]|\b(?:double|float|real)\b/i,
    'makes a floating point number',
    'AVG and / turn DECIMAL into DOUBLE. Use // for whole numbers, and do not divide money.',
    ['select avg(cost) from t', 'select cost / 2 as half from t', 'select cast(a as double) as a from t'],
    ['select a // 60 as minutes from t', "select 'a/b' as path"],
  ),
  banned(
    'explicit GROUP BY and ORDER BY, no QUALIFY',
    /\bqualify\b|\bgroup by all\b|\b(?:group|order) by (?:\d|all\b)/i,
    'uses what other engines do not have, or numbers of columns',
    'Name the columns; use row_number() in a CTE and filter the next step.',
    ['select a from t qualify b = 1', 'select a from t group by all', 'select a from t order by 1'],
    ['select a from t group by a order by a'],
  ),
  banned(
    'keywords are lower case',
    /\b(?:SELECT|FROM|WHERE|JOIN|LEFT|GROUP|ORDER|BY|AS|AND|OR|NOT|NULL|CASE|WHEN|THEN|ELSE|END|WITH|UNION|ON|SUM|COUNT)\b/,
    'has a keyword in capitals',
    'Write it in lower case.',
    ['SELECT a from t', 'select a AS b from t'],
    ["select 'AND' as text -- AND so on"],
  ),
  banned(
    'an alias of a relation has its `as`',
    /(?<!distinct )\b(?:from|join)\s+\w+\s+(?!as\b|on\b|where\b|group\b|order\b|union\b|join\b|left\b|cross\b|full\b|inner\b)\w+/i,
    'gives an alias without as',
    'Write `from charges as c`.',
    ['select c.a from charges c'],
    ['select c.a from charges as c', 'select a from charges where a is distinct from b and c'],
  ),
];
