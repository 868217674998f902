import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadQueries, seedFiles } from '../../src/adapters/query-files.js';
import { ConfigError } from '../../src/domain/errors.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'subledger-queries-'));
});
afterEach(() => rm(folder, { recursive: true }));

const report = `-- purpose: Mine.
-- parameters: none
-- reads: accounts
-- grain: sid
-- order: sid
-- columns:
--   sid VARCHAR
select sid from accounts order by sid
`;

it('finds the shipped queries and seeds', async () => {
  const queries = await loadQueries();
  expect(queries.get('customer_cost')).toMatchObject({ layer: 'reports', kind: 'report' });
  expect(queries.get('calls')).toMatchObject({ layer: 'ledger', kind: 'merge', mergeKey: ['sid'] });
  expect([...(await seedFiles()).keys()]).toEqual([
    'country_prefixes',
    'currencies',
    'focus_families',
    'usage_categories',
  ]);
});

it('adds reports of the user’s own', async () => {
  await writeFile(join(folder, 'mine.sql'), report);
  await writeFile(join(folder, 'notes.txt'), 'no query');
  expect((await loadQueries(folder)).get('mine')).toMatchObject({ layer: 'reports', purpose: 'Mine.' });
});

it('tells everything that is wrong with them at once', async () => {
  await writeFile(join(folder, 'customer_cost.sql'), report);
  await writeFile(join(folder, 'bad.sql'), 'select 1');
  const error = await loadQueries(folder).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConfigError);
  const { problems } = error as ConfigError;
  expect(problems).toContain(`${join(folder, 'customer_cost.sql')}: the name is taken; rename the file`);
  expect(
    problems.filter((problem) => problem.startsWith(`${join(folder, 'bad.sql')}: the header has no`)),
  ).toHaveLength(6);
});

it('refuses a folder that is not there', async () => {
  await expect(loadQueries(join(folder, 'none'))).rejects.toBeInstanceOf(ConfigError);
});
