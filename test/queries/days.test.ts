import { expect, it } from 'vitest';
import { loadQueries } from '../../src/adapters/query-files.js';
import { openCaseDatabase } from '../support/query-case.js';

it('the calendar has every day of its hundred years once', async () => {
  const days = (await loadQueries()).get('days');
  const database = await openCaseDatabase();
  await database.run('days', `create view days as\n${days?.sql}`);
  const [row] = await database.texts(
    'days',
    `select min(day), max(day), count(*), count(distinct day), max(day) - min(day) + 1,
       sum(case when number = day - date '2008-01-01' and month = date_trunc('month', day) and starts_at = day and ends_at = day + 1 then 1 else 0 end)
     from days`,
  );
  database.close();
  expect(row).toEqual(['2008-01-01', '2107-12-31', '36524', '36524', '36524', '36524']);
});
