import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCsvText } from '../../src/adapters/csv.js';
import type { Database } from '../../src/adapters/duckdb.js';
import { loadQueries, seedFiles } from '../../src/adapters/query-files.js';
import { makeInputs, openCaseDatabase } from '../support/query-case.js';

/** ITU-T E.164, list of assigned country codes: those of two digits. All others have three, but for zones 1 and 7. */
const ofTwoDigits =
  '20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98'.split(
    ' ',
  );

function codeOf(digits: string): string {
  if (digits.startsWith('1') || digits.startsWith('7')) return digits.slice(0, 1);
  return digits.slice(0, ofTwoDigits.includes(digits.slice(0, 2)) ? 2 : 3);
}

describe('calling_code', () => {
  let database: Database;

  beforeAll(async () => {
    database = await openCaseDatabase();
    const house = { queries: await loadQueries(), seeds: await seedFiles() };
    const query = house.queries.get('month_totals');
    if (query === undefined) throw new Error('there is no query to make the macros for');
    await makeInputs(database, house, query, undefined);
  });

  afterAll(() => database.close());

  const read = async (addresses: readonly string[]): Promise<(string | null)[]> => {
    const values = addresses.map((address) => `('${address}')`).join(', ');
    const rows = await database.texts(
      'calling_code',
      `select address, calling_code(address) from (values ${values}) as t (address)`,
    );
    const found = new Map(rows.map(([address, code]) => [address, code ?? null]));
    return addresses.map((address) => found.get(address) ?? null);
  };

  it('is right for every beginning of three digits, whole, masked and behind the kind of a channel', async () => {
    const beginnings = Array.from({ length: 900 }, (_, index) => String(100 + index));
    const wanted = beginnings.map(codeOf);
    for (const form of [
      (digits: string) => `+${digits}5550100`,
      (digits: string) => `+${digits}555****`,
      (digits: string) => `+${digits}****`,
      (digits: string) => `whatsapp:+${digits}555****`,
      (digits: string) => `rcs:+${digits}5550100`,
    ]) {
      expect(await read(beginnings.map(form))).toEqual(wanted);
    }
  });

  it.each([
    ['+1****', '1'],
    ['+7****', '7'],
    ['+44****', '44'],
    ['+35****', null],
    ['+4****', null],
    ['+2****', null],
    ['+****', null],
    ['+0155****', null],
    ['+', null],
    ['', null],
    ['40404', null],
    ['14155550100', null],
    ['0014155550100', null],
    ['Acme', null],
    ['+1Shop', null],
    ['+1415****1234', null],
    ['+1 415 555 0100', null],
    ['client:anna', null],
    ['client:+14155550100', null],
    ['sip:+14155550100@example.com', null],
    ['messenger:104155550100', null],
    ['whatsapp:14155550100', null],
  ])('%s -> %s', async (address, code) => {
    expect(await read([address])).toEqual([code]);
  });

  it('knows the codes of country_prefixes.csv, each of them and no other', async () => {
    const beginnings = Array.from({ length: 900 }, (_, index) => `+${100 + index}****`);
    const found = new Set((await read(beginnings)).filter((code) => code !== null));
    const [, ...rows] = readCsvText(readFileSync((await seedFiles()).get('country_prefixes') ?? '', 'utf8')).records;
    const listed = rows.map(({ fields }) => fields).filter(([prefix, code]) => prefix === code);
    expect(listed.map(([prefix]) => prefix).sort()).toEqual([...found].sort());
    expect([...new Set(rows.map(({ fields }) => fields[1]))].sort()).toEqual([...found].sort());
  });

  it('of nothing is nothing', async () => {
    expect(await database.texts('calling_code', 'select calling_code(null)')).toEqual([[null]]);
  });
});
