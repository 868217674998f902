import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/adapters/duckdb.js';
import { loadQueries, seedFiles } from '../../src/adapters/query-files.js';
import { queryNamed } from '../../src/domain/query.js';
import { makeInputs, openCaseDatabase } from '../support/query-case.js';

const house = { queries: await loadQueries(), seeds: await seedFiles() };
const report = queryNamed(house.queries, 'customer_invoice_lines');

let database: Database;
beforeAll(async () => {
  database = await openCaseDatabase();
  await makeInputs(database, house, report, undefined);
});
afterAll(() => database.close());

const ask = async (expression: string): Promise<string | null> => {
  const [[value = null] = []] = await database.texts('ask', `select cast(${expression} as varchar)`);
  return value;
};

describe('minor_units', () => {
  it.each([
    ['0.005', 2, '0.0100'],
    ['0.00499999999999', 2, '0.0000'],
    ['-0.005', 2, '-0.0100'],
    ['0.015', 2, '0.0200'],
    ['0.025', 2, '0.0300'],
    ['2.5', 0, '3.0000'],
    ['-2.5', 0, '-3.0000'],
    ['2.49999999999999', 0, '2.0000'],
    ['0.0005', 3, '0.0010'],
    ['0.00005', 4, '0.0001'],
    ['123456789012345678901234.56500000000001', 2, '123456789012345678901234.5700'],
    ['0.005', 'null', null],
    ['0.005', 1, null],
    ['null', 2, null],
  ])('rounds %s to %s decimals: %s', async (amount, minorUnit, rounded) => {
    const decimal = amount === 'null' ? 'null' : `'${amount}'`;
    expect(await ask(`minor_units(cast(${decimal} as decimal(38, 14)), ${minorUnit})`)).toBe(rounded);
  });
});

describe('a charge is made of decimals alone', () => {
  const cost = (text: string): string => `cast('${text}' as decimal(38, 8))`;
  const markedUp = (text: string, percent = '999999.9999'): string =>
    `${cost(text)} * (1 + cast('${percent}' as decimal(10, 4)) * 0.01)`;

  it('of fourteen places for a mark-up, eight for a price, four when rounded', async () => {
    expect(await ask(`typeof(${markedUp('1')})`)).toBe('DECIMAL(38,14)');
    expect(await ask(`typeof(cast(1 as decimal(18, 8)) * cast(1 as bigint))`)).toBe('DECIMAL(37,8)');
    expect(await ask(`typeof(minor_units(${markedUp('1')}, 2))`)).toBe('DECIMAL(38,4)');
    expect(await ask(`typeof(minor_units(cast(1 as decimal(37, 8)), 0))`)).toBe('DECIMAL(38,4)');
  });

  it('where the report works it out, of the types that its columns have', async () => {
    const columns = ['cost', 'markup_percent', 'price_per_unit', 'quantity'].map((name) => {
      const type = report.columns.find((column) => column.name === name)?.type ?? '';
      return `cast(1 as ${type}) as ${name}`;
    });
    const typesIn = async (sql: string): Promise<string[]> => {
      const amounts = [...sql.matchAll(/minor_units\((.+), cast\(c\.minor_unit as integer\)\)/g)].map(
        (match) => match[1],
      );
      const rows = await database.texts(
        'types',
        `select ${amounts.map((amount) => `typeof(${amount})`).join(', ')} from (select ${columns.join(', ')}) as r`,
      );
      return rows.flat().map(String);
    };
    expect(await typesIn(report.sql)).toEqual(['DECIMAL(38,14)', 'DECIMAL(37,8)']);
    // It would be seen: this is what a division comes to.
    expect(await typesIn(report.sql.replace('markup_percent * 0.01', 'markup_percent / 100'))).toContain('DOUBLE');
  });

  it('what does not fit ends in an error and never in another amount', async () => {
    expect(await ask(markedUp('9999999999999999999.99999999'))).toBe('100009999989999999999999.99989999000001');
    await expect(ask(markedUp('999999999999999999999999999999.99999999', '5'))).rejects.toThrow(/Overflow/);
    const price = "cast('9999999999.99999999' as decimal(18, 8)) * 9223372036854775807";
    expect(await ask(price)).toBe('92233720368547757977766279631.45224193');
  });
});
