import { type Database, sqlText } from '../../src/adapters/duckdb.js';

/** What DuckDB's own parser says of a SELECT. */
export interface SqlFacts {
  /** Relations that the statement reads, CTEs left out; sorted. */
  readonly relations: readonly string[];
  /** Table functions, as read_parquet; sorted. */
  readonly functions: readonly string[];
  readonly commonTables: readonly string[];
  /** Columns of the outermost ORDER BY; undefined where one of them is no plain column. */
  readonly order: readonly string[] | undefined;
}

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

const nodesOf = (value: unknown): Node[] => {
  if (Array.isArray(value)) return value.flatMap(nodesOf);
  return isNode(value) ? [value, ...Object.values(value).flatMap(nodesOf)] : [];
};

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

export async function factsOf(database: Database, sql: string): Promise<SqlFacts> {
  const [[json] = []] = await database.texts(
    'json_serialize_sql',
    `select json_serialize_sql(${sqlText(sql)}::varchar)`,
  );
  const parsed: { error: boolean; error_message?: string; statements: Node[] } = JSON.parse(json ?? '{}');
  if (parsed.error) throw new Error(`${parsed.error_message}`);
  const nodes = nodesOf(parsed.statements);
  const commonTables = nodes.flatMap((node) =>
    isNode(node.cte_map) && Array.isArray(node.cte_map.map)
      ? node.cte_map.map.map((entry: Node) => `${entry.key}`)
      : [],
  );
  const tables = nodes.filter((node) => node.type === 'BASE_TABLE').map((node) => `${node.table_name}`);
  const functions = nodes
    .filter((node) => node.type === 'TABLE_FUNCTION' && isNode(node.function))
    .map((node) => `${(node.function as Node).function_name}`);
  return {
    relations: sortedSet(tables.filter((name) => !commonTables.includes(name))),
    functions: sortedSet(functions),
    commonTables,
    order: orderOf(parsed.statements[0]?.node),
  };
}

const sortedSet = (names: readonly string[]): string[] => [...new Set(names)].sort();

function orderOf(statement: unknown): string[] | undefined {
  if (!isNode(statement) || !Array.isArray(statement.modifiers)) return [];
  const modifier = statement.modifiers.find((each: Node) => each.type === 'ORDER_MODIFIER');
  if (!isNode(modifier) || !Array.isArray(modifier.orders)) return [];
  const columns = modifier.orders.map(({ expression }: { expression: Node }) =>
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
  return sortedSet([...named, ...variables]);
}
