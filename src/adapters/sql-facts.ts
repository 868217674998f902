import { type Database, sqlText } from './duckdb.js';

/** A node of the tree that DuckDB's own parser makes of a statement. */
export type SqlNode = Readonly<Record<string, unknown>>;

/** What that tree says of one SELECT. */
export interface SqlFacts {
  /** Relations that the statement reads, CTEs left out; sorted, in lower case, in which SQL compares them. */
  readonly relations: readonly string[];
  /** Those of them that are named with a schema or a database before the name. */
  readonly qualified: readonly string[];
  /** DESCRIBE, SHOW or SUMMARIZE, which the parser takes for a SELECT. */
  readonly shows: boolean;
  /** Table functions, as read_parquet; sorted. */
  readonly functions: readonly string[];
  /** Other functions, as sum; sorted, in lower case. */
  readonly scalars: readonly string[];
  readonly commonTables: readonly string[];
  /** Named parameters, without `$`; sorted. */
  readonly parameters: readonly string[];
  readonly statement: SqlNode;
}

const isNode = (value: unknown): value is SqlNode => typeof value === 'object' && value !== null;

const nodesOf = (value: unknown): SqlNode[] => {
  if (Array.isArray(value)) return value.flatMap(nodesOf);
  return isNode(value) ? [value, ...Object.values(value).flatMap(nodesOf)] : [];
};

const sortedSet = (names: readonly string[]): string[] => [...new Set(names)].sort();

/**
 * The statement without what stands behind it: a semicolon, and comments. The first cut at a semicolon that the parser reads as the whole.
 */
export async function statementOf(database: Database, sql: string): Promise<string> {
  const [[whole] = []] = await database.texts('json_serialize_sql', serialize(sql));
  for (let end = sql.indexOf(';'); end >= 0; end = sql.indexOf(';', end + 1)) {
    const [[cut] = []] = await database.texts('json_serialize_sql', serialize(sql.slice(0, end)));
    if (cut === whole) return sql.slice(0, end);
  }
  return sql;
}

const serialize = (sql: string): string => `select json_serialize_sql(${sqlText(sql)}::varchar)`;

/** The facts, or what is wrong: no SQL, no SELECT, or more statements than one. Nothing is run. */
export async function factsOf(database: Database, sql: string): Promise<SqlFacts | { readonly problem: string }> {
  const [[json] = []] = await database.texts('json_serialize_sql', serialize(sql));
  const parsed: { error: boolean; error_message?: string; statements?: SqlNode[] } = JSON.parse(json ?? '{}');
  const [statement, ...others] = parsed.statements ?? [];
  if (parsed.error) {
    const message = parsed.error_message ?? '';
    return { problem: message.startsWith('Only SELECT') ? 'it is no SELECT: nothing else is run.' : message };
  }
  if (statement === undefined) return { problem: 'there is no statement.' };
  if (others.length > 0) return { problem: `${others.length + 1} statements: one SELECT is wanted` };
  const nodes = nodesOf(statement);
  const commonTables = nodes.flatMap((node) =>
    isNode(node.cte_map) && Array.isArray(node.cte_map.map)
      ? node.cte_map.map.map((entry: SqlNode) => `${entry.key}`.toLowerCase())
      : [],
  );
  const tableNodes = nodes.filter((node) => node.type === 'BASE_TABLE');
  const tables = tableNodes.map((node) => `${node.table_name}`.toLowerCase());
  const qualified = tableNodes
    .map((node) => [node.catalog_name, node.schema_name, node.table_name].filter((part) => part !== ''))
    .filter(({ length }) => length > 1);
  const functions = nodes
    .filter((node) => node.type === 'TABLE_FUNCTION' && isNode(node.function))
    .map((node) => `${(node.function as SqlNode).function_name}`);
  const scalars = nodes
    .filter((node) => node.class === 'FUNCTION')
    .map((node) => `${node.function_name}`.toLowerCase());
  const parameters = nodes.filter((node) => node.class === 'PARAMETER').map((node) => `${node.identifier}`);
  return {
    relations: sortedSet(tables.filter((name) => !commonTables.includes(name))),
    qualified: sortedSet(qualified.map((parts) => parts.join('.'))),
    shows: nodes.some((node) => node.type === 'SHOW_REF'),
    functions: sortedSet(functions),
    scalars: sortedSet(scalars),
    commonTables,
    parameters: sortedSet(parameters),
    statement,
  };
}
