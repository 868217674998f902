import type { Database } from '../../src/adapters/duckdb.js';
import { factsOf as parsedFactsOf, type SqlFacts, type SqlNode } from '../../src/adapters/sql-facts.js';

/** What DuckDB's own parser says of a SELECT of ours. */
export interface OrderedFacts extends SqlFacts {
  /** Columns of the outermost ORDER BY; undefined where one of them is no plain column. */
  readonly order: readonly string[] | undefined;
}

const isNode = (value: unknown): value is SqlNode => typeof value === 'object' && value !== null;

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

export async function factsOf(database: Database, sql: string): Promise<OrderedFacts> {
  const facts = await parsedFactsOf(database, sql);
  if ('problem' in facts) throw new Error(facts.problem);
  return { ...facts, order: orderOf(facts.statement.node) };
}

function orderOf(statement: unknown): string[] | undefined {
  if (!isNode(statement) || !Array.isArray(statement.modifiers)) return [];
  const modifier = statement.modifiers.find((each: SqlNode) => each.type === 'ORDER_MODIFIER');
  if (!isNode(modifier) || !Array.isArray(modifier.orders)) return [];
  const columns = modifier.orders.map(({ expression }: { expression: SqlNode }) =>
    expression.class === 'COLUMN_REF' ? textsOf(expression.column_names).at(-1) : undefined,
  );
  return columns.every((column) => column !== undefined) ? columns : undefined;
}

/** The statement without comments and texts in quotes, lines kept: what rules may search for words. */
export const bareSql = (sql: string): string =>
  sql.replace(/--[^\n]*|'(?:[^']|'')*'|"(?:[^"]|"")*"/g, (part) =>
    part.startsWith('--') ? '' : part.slice(0, 1).repeat(2),
  );

/** Parameters that the statement uses: `$name`, and DuckDB variables. */
export function parametersUsed(sql: string): string[] {
  const named = [...bareSql(sql).matchAll(/\$([a-z_][a-z0-9_]*)/g)].map((match) => `${match[1]}`);
  const variables = [...sql.replace(/--[^\n]*/g, '').matchAll(/getvariable\('([a-z_]+)'\)/g)].map(
    (match) => `${match[1]}`,
  );
  return [...new Set([...named, ...variables])].sort();
}
