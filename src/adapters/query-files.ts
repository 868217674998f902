import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError, QueryError } from '../domain/errors.js';
import { type Query, type QueryLayer, queryLayers } from '../domain/query.js';
import { parseQuery } from '../domain/query-header.js';
import { utf8Of } from './files.js';

/** Beside the package: two levels up from src/adapters as from dist/adapters. */
export const queriesFolder = fileURLToPath(new URL('../../queries/', import.meta.url));

/** CSV files that become tables of the same name, all VARCHAR, an empty field being null. Sorted by name. */
export async function seedFiles(): Promise<ReadonlyMap<string, string>> {
  const folder = join(queriesFolder, 'seeds');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.csv')).sort();
  return new Map(names.map((name) => [name.slice(0, -'.csv'.length), join(folder, name)]));
}

/** A name read otherwise than it was typed would be found in no row. */
export const notUtf8 = 'it is not UTF-8 text; save it as UTF-8';

/** Queries of one folder by name, and what is wrong with the others, each line beginning with its file. */
async function readLayer(layer: QueryLayer, folder: string): Promise<{ queries: Query[]; problems: string[] }> {
  const queries: Query[] = [];
  const problems: string[] = [];
  for (const fileName of (await readdir(folder)).filter((name) => /\.sql$/i.test(name)).sort()) {
    const file = join(folder, fileName);
    const sql = utf8Of(await readFile(file));
    const parsed =
      sql === undefined ? { problems: [notUtf8] } : parseQuery(layer, fileName.slice(0, -'.sql'.length), sql);
    if ('query' in parsed) queries.push(parsed.query);
    else problems.push(...parsed.problems.map((problem) => `${file}: ${problem}`));
  }
  return { queries, problems };
}

/**
 * All queries by name, in layer order (macros, raw, staging, ledger, reports, checks), by name within a layer.
 * `extraFolder` holds reports of the user's own, *.sql directly in it.
 * Throws QueryError for a damaged shipped query, ConfigError (all problems) for the user's.
 */
export async function loadQueries(extraFolder?: string): Promise<ReadonlyMap<string, Query>> {
  const all = new Map<string, Query>();
  for (const layer of queryLayers) {
    const { queries, problems } = await readLayer(layer, join(queriesFolder, layer));
    if (problems.length > 0) throw new QueryError(layer, problems.join('\n'));
    for (const query of queries) {
      if (all.has(query.name))
        throw new QueryError(layer, `${query.name}.sql: the name is taken by another layer; rename one`);
      all.set(query.name, query);
    }
  }
  if (extraFolder === undefined) return all;
  const { queries, problems } = await readExtra(extraFolder);
  const taken = queries.filter(({ name }) => all.has(name) || otherNames.includes(name));
  problems.push(
    ...taken.map((query) => `${join(extraFolder, `${query.name}.sql`)}: the name is taken; rename the file`),
  );
  if (problems.length > 0) throw new ConfigError(problems);
  for (const query of queries) all.set(query.name, { ...query, ownFile: join(extraFolder, `${query.name}.sql`) });
  return all;
}

/** A month's set has a findings.csv that is no report, and `sql` is what a SELECT without a name is called. */
const otherNames = ['findings', 'sql'];

async function readExtra(folder: string): Promise<{ queries: Query[]; problems: string[] }> {
  try {
    return await readLayer('reports', folder);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`The folder of queries cannot be read: ${reason}`]);
  }
}
