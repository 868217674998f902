import { expect, it } from 'vitest';
import { loadQueries } from '../../src/adapters/query-files.js';
import { dataDictionary } from '../support/data-dictionary.js';

it('docs/data-dictionary.md says what the headers of queries/ say', async () => {
  const page = dataDictionary((await loadQueries()).values());
  await expect(page, 'run `npx vitest run test/docs -u` after changing a header').toMatchFileSnapshot(
    '../../docs/data-dictionary.md',
  );
});
