import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadQueries, seedFiles } from '../../src/adapters/query-files.js';
import { caseFolders, runCase } from '../support/query-case.js';

const house = { queries: await loadQueries(), seeds: await seedFiles() };
const cases = caseFolders(import.meta.dirname);

/** Layers in which every query has a case; `days` alone has a test of its own, for its result is a hundred years long. */
const layersWithCases = ['staging', 'ledger', 'daily', 'reconciliation', 'reports', 'page', 'checks'];
const withoutCase = ['days'];

describe('query cases', () => {
  it.each(cases)('$query/$name', async ({ query: name, folder }) => {
    const query = house.queries.get(name);
    if (query === undefined) throw new Error(`test/queries/${name} has no query; rename the folder or remove it`);
    const { text, rows } = await runCase(house, query, folder);
    expect(text).toBe(readFileSync(join(folder, 'expected.csv'), 'utf8'));
    const keys = query.grain.map((column) => query.columns.findIndex(({ name: each }) => each === column));
    const seen = rows.map((row) => JSON.stringify(keys.map((key) => row[key])));
    expect(new Set(seen).size, `${name}: grain ${query.grain.join(', ')} is not unique; mend the header`).toBe(
      keys.length === 0 ? new Set(seen).size : rows.length,
    );
  });

  it.each([...house.queries.values()].filter(({ layer }) => layersWithCases.includes(layer)))(
    '$name has a case',
    (query) => {
      if (withoutCase.includes(query.name)) return;
      const folder = `test/queries/${query.name}/<case>/`;
      expect(
        cases.some(({ query: name }) => name === query.name),
        `add ${folder} with the input tables as CSV, parameters.json and expected.csv`,
      ).toBe(true);
    },
  );
});
