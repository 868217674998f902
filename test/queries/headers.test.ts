import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, sqlName, sqlText } from '../../src/adapters/duckdb.js';
import { loadQueries, seedFiles } from '../../src/adapters/query-files.js';
import type { Query } from '../../src/domain/query.js';
import { makeInputs, openCaseDatabase, runCase } from '../support/query-case.js';
import { bareSql, factsOf, parametersUsed } from '../support/sql-facts.js';

/** Every header of queries/, held against its query. */
const house = { queries: await loadQueries(), seeds: await seedFiles() };
const all = [...house.queries.values()].filter(({ layer }) => layer !== 'macros');

/** What a header says it reads where the query reads files. */
const filesRead: Readonly<Record<string, string>> = { read_parquet: 'landing files', read_json: 'manifest' };

let database: Database;
let folder = '';

beforeAll(async () => {
  database = await openCaseDatabase();
  folder = mkdtempSync(join(tmpdir(), 'subledger-headers-'));
});

afterAll(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

/** Empty files for the queries over files: a landing file has the columns of its query, less the row's place in it. */
async function describeOverFiles(query: Query): Promise<{ name: string; type: string }[]> {
  const files = await openCaseDatabase();
  try {
    const path = join(folder, `${query.name}.parquet`);
    const columns = query.columns.filter(({ name }) => name !== 'file_row_number');
    const list = columns.map(({ name, type }) => `cast(null as ${type}) as ${sqlName(name)}`).join(', ');
    await files.run(query.name, `copy (select ${list} limit 0) to ${sqlText(path)} (format parquet)`);
    const manifest = join(folder, 'manifest.jsonl');
    writeFileSync(manifest, '');
    for (const [name, value] of [
      ['landing_files', `[${sqlText(path)}]`],
      ['manifest_path', sqlText(manifest)],
      ['loaded_through', 'cast(0 as bigint)'],
      ['load_through', 'cast(0 as bigint)'],
    ]) {
      await files.run('variables', `set variable ${name} = ${value}`);
    }
    await makeInputs(files, house, { ...query, reads: query.reads.filter((read) => !isFiles(read)) }, undefined);
    return await files.describe(query.name, query.sql);
  } finally {
    files.close();
  }
}

const isFiles = (read: string): boolean => Object.values(filesRead).includes(read);

/** Names that a FROM can mean: neither a report's nor a check's, which make no relation of their own name. */
const isRelation = (name: string): boolean => {
  const layer = house.queries.get(name)?.layer;
  return house.seeds.has(name) || (layer !== undefined && layer !== 'reports' && layer !== 'checks');
};

describe.each(all)('$layer $name', (query) => {
  it('has the columns of its header', async () => {
    const columns = query.reads.some(isFiles) ? await describeOverFiles(query) : (await runCase(house, query)).columns;
    expect(
      columns.map(({ name, type }) => `${name} ${type}`),
      'mend the header’s columns, or cast in the query',
    ).toEqual(query.columns.map(({ name, type }) => `${name} ${type}`));
  });

  it('uses the parameters that it declares, and no other', () => {
    expect(parametersUsed(query.sql), 'mend the header’s parameters').toEqual(
      query.parameters.map(({ name }) => name).sort(),
    );
  });

  it('reads what it declares, and nothing else', async () => {
    const facts = await factsOf(database, query.sql);
    const read = [...facts.relations, ...facts.functions.flatMap((name) => filesRead[name] ?? [])].sort();
    expect(read, 'mend the header’s reads').toEqual([...query.reads].sort());
    const hidden = facts.commonTables.filter(isRelation);
    expect(hidden, 'rename the CTE: it hides a relation of this name').toEqual([]);
  });

  it('is ordered as it declares', async () => {
    const { order } = await factsOf(database, query.sql);
    expect(order, 'the outermost ORDER BY must name the columns of the header’s order').toEqual(query.order);
    if (query.layer === 'reports' || query.layer === 'checks') {
      expect(query.order, 'the order must be total: end it in the columns of the grain').toEqual(
        expect.arrayContaining([...query.grain]),
      );
    }
  });

  it('ends in a CTE called final where it is a report or a check', async () => {
    if (query.layer !== 'reports' && query.layer !== 'checks') return;
    expect((await factsOf(database, query.sql)).commonTables.at(-1), 'name the last step `final`').toBe('final');
  });

  it('reads no report that is not published: there is no table of it when checks run', () => {
    if (query.layer !== 'checks') return;
    const unpublished = [...house.queries.values()].filter(({ published }) => !published);
    expect(query.reads.filter((read) => unpublished.some(({ name }) => read === `report_${name}`))).toEqual([]);
  });

  it('has a grain of columns, and is one statement', () => {
    if (query.layer === 'reports') expect(query.grain.length, 'a report needs a grain').toBeGreaterThan(0);
    if (query.layer === 'checks') {
      expect(query.columns.map(({ name, type }) => `${name} ${type}`)).toEqual(['subject VARCHAR', 'detail VARCHAR']);
    }
    expect(bareSql(query.sql)).not.toMatch(/;\s*\S/);
  });
});
