import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCsvText } from '../../src/adapters/csv.js';
import type { Database } from '../../src/adapters/duckdb.js';
import { loadQueries, seedFiles } from '../../src/adapters/query-files.js';
import { ConfigError } from '../../src/domain/errors.js';
import { requireInputs } from '../../src/domain/needed-inputs.js';
import { isCallingCode, parseRates, rateColumns } from '../../src/domain/rates.js';
import { makeInputs, openCaseDatabase } from '../support/query-case.js';

const header = rateColumns.join(',');
const currencies = new Map([
  ['USD', '2'],
  ['JPY', '0'],
  ['XDR', ''],
]);
const parse = (...lines: string[]) => parseRates(readCsvText([header, ...lines].join('\n')).records, currencies);
const problems = (...lines: string[]) => {
  const parsed = parse(...lines);
  return 'problems' in parsed ? parsed.problems : [];
};

describe('rates', () => {
  it('are read with their lines; what is empty is any', () => {
    const any = { customerId: '', service: '', direction: '', countryPrefix: '', currency: 'USD' };
    const open = { validFrom: undefined, validTo: undefined };
    expect(
      parse(
        ',,,,usd,12.5,,,',
        '',
        ' c-1 ,Calls,OUTBOUND,44,JPY,,0.00000001,2026-10-01,2026-11-01',
        '"two',
        'lines",other,,,USD,-100.0000,,,',
        ',messages,inbound,353,USD,,9999999999.99999999,,',
      ),
    ).toEqual({
      rates: [
        { line: 2, ...any, markupPercent: '12.5', pricePerUnit: undefined, ...open },
        {
          ...{ line: 4, customerId: 'c-1', service: 'calls', direction: 'outbound', countryPrefix: '44' },
          ...{ currency: 'JPY', markupPercent: undefined, pricePerUnit: '0.00000001' },
          ...{ validFrom: '2026-10-01', validTo: '2026-11-01' },
        },
        {
          ...{ line: 5, ...any, customerId: 'two\nlines', service: 'other' },
          ...{ markupPercent: '-100.0000', pricePerUnit: undefined, ...open },
        },
        {
          ...{ line: 7, ...any, service: 'messages', direction: 'inbound', countryPrefix: '353' },
          ...{ markupPercent: undefined, pricePerUnit: '9999999999.99999999', ...open },
        },
      ],
    });
  });

  it('name a customer as reports write it, with the apostrophe before what a spreadsheet would run', () => {
    const lines = ["'@handles", '@others', "' =1+1", "''-1", "'plain"].map((id) => `${id},,,,USD,1,,,`);
    const parsed = parse(...lines);
    expect('rates' in parsed ? parsed.rates.map(({ customerId }) => customerId) : parsed).toEqual([
      '@handles',
      '@others',
      ' =1+1',
      "'-1",
      "'plain",
    ]);
  });

  it('of a file with semicolons or tabs are refused with one problem, that says what to do', () => {
    for (const mark of [';', '\t'])
      expect(parseRates(readCsvText(`${rateColumns.join(mark)}\n,,`).records, currencies)).toEqual({
        problems: [
          'line 1: the columns are not separated by commas; save the file as CSV with commas (and a point in decimals)',
        ],
      });
  });

  it('take columns in any order', () => {
    const names = rateColumns.toReversed().join(',');
    expect(parseRates(readCsvText(`${names}\n,,,7,USD,,,,\n`).records, currencies)).toMatchObject({
      rates: [{ currency: 'USD', markupPercent: '7' }],
    });
  });

  const decimal4 = 'is not a plain decimal of at most four places, as in 12.5';
  const decimal8 = 'is not a plain decimal of at most eight places, as in 0.0125';
  it.each([
    ['unallocated,,,,USD,1,,,', 'customer_id "unallocated" is nobody: cost of unmapped accounts is not charged'],
    [',call,,,USD,1,,,', 'service "call" is none of calls, messages, other, or empty'],
    [',,outbound-api,,USD,1,,,', 'direction "outbound-api" is neither inbound nor outbound, nor empty'],
    ...['+44', '044', '440', '210x', '4', '1415', '999999', 'GB'].map((code) => [
      `,,,${code},USD,1,,,`,
      `country_prefix "${code}" is no calling code, as in 44: digits of an assigned code, without plus`,
    ]),
    [',other,inbound,,USD,1,,,', 'other charges have neither a direction nor a country; leave both empty'],
    [',other,,44,USD,1,,,', 'other charges have neither a direction nor a country; leave both empty'],
    [',,,,,1,,,', 'currency "" is no currency of ISO 4217'],
    [',,,,DOLLAR,1,,,', 'currency "DOLLAR" is no currency of ISO 4217'],
    [',,,,EUR,1,,,', 'currency "EUR" is no currency of ISO 4217'],
    [',,,,XDR,1,,,', 'currency XDR has no coin that a charge could be rounded to'],
    [',calls,,,USD,1,1,,', 'has both markup_percent and price_per_unit; give one of them'],
    [',calls,,,USD,,,,', 'has neither markup_percent nor price_per_unit; give one of them'],
    ...['1.23456', '1e2', '10%', '.5', '5.', '+1', '1234567', 'ten', '0x10', '-', 'NaN'].map((text) => [
      `,,,,USD,${text},,,`,
      `markup_percent "${text}" ${decimal4}`,
    ]),
    ...['-100.0001', '-101', '-1000', '-0100.5'].map((text) => [
      `,,,,USD,${text},,,`,
      `markup_percent "${text}" is below -100, which would pay the customer`,
    ]),
    ...['-1', '0.123456789', '12345678901', '1e-3', '$1', '1.'].map((text) => [
      `,calls,,,USD,,${text},,`,
      `price_per_unit "${text}" ${decimal8}`,
    ]),
    [',,,,USD,,1,,', 'price_per_unit needs the service calls (of a started minute) or messages (of a segment)'],
    [',other,,,USD,,1,,', 'price_per_unit needs the service calls (of a started minute) or messages (of a segment)'],
    [',,,,USD,1,,2026-02-30,', 'valid_from "2026-02-30" is no day written YYYY-MM-DD'],
    [',,,,USD,1,,,1.10.2026', 'valid_to "1.10.2026" is no day written YYYY-MM-DD'],
    [
      ',,,,USD,1,,2026-10-01,2026-10-01',
      'valid_to 2026-10-01 is not after valid_from 2026-10-01; valid_to is the first day that no longer counts',
    ],
    [',,,,USD,1,,', 'has 8 fields, the header 9'],
  ])('refuse %s', (line, problem) => {
    expect(problems(`${line}`)).toEqual([`line 2: ${problem}`]);
  });

  it.each(['-99.9999', '-100', '-0', '0', '999999.9999'])('take a mark-up of %s', (text) => {
    expect(problems(`,,,,USD,${text},,,`)).toEqual([]);
  });

  const name = 'the rate of customer A, calls, any direction, +44, USD';
  it.each([
    [['A,calls,,44,USD,1,,,', 'A,calls,,44,USD,1,,,'], `line 3: ${name} stands already on line 2`],
    [['A,calls,,44,USD,1,,,', 'A,CALLS,,44,usd,,2,,'], `line 3: ${name} stands already on line 2`],
    [
      ['A,calls,,44,USD,1,,,2026-10-11', 'A,calls,,44,USD,2,,2026-10-10,'],
      `line 3: ${name} overlaps line 2, which holds from the beginning to 2026-10-11`,
    ],
    [
      ['A,calls,,44,USD,1,,2026-10-10,', 'A,calls,,44,USD,2,,,'],
      `line 2: ${name} overlaps line 3, which holds from the beginning to for ever`,
    ],
    [
      ['A,calls,,44,USD,1,,,2026-10-11', ',,,,USD,3,,,', 'A,calls,,44,USD,2,,2026-10-12,'],
      `line 4: ${name} leaves a gap from 2026-10-11 to 2026-10-12 after line 2`,
    ],
  ])('of one key follow each other: %j', (lines, problem) => {
    expect(problems(...lines)).toEqual([problem]);
  });

  it('of other keys do not meet, and dated ones may follow in any order of lines', () => {
    expect(
      problems(
        'A,calls,,44,USD,1,,2026-10-11,',
        'A,calls,,44,USD,2,,,2026-10-11',
        'B,calls,,44,USD,1,,,',
        'A,messages,,44,USD,1,,,',
        'A,,,44,USD,1,,,',
        'A,calls,inbound,44,USD,1,,,',
        'A,calls,,33,USD,1,,,',
        'A,calls,,44,JPY,1,,,',
        ',calls,,44,USD,1,,,',
        '"A"",""calls",,,44,USD,1,,,',
      ),
    ).toEqual([]);
  });

  it('tell every problem at once, in the order of lines', () => {
    const found = problems(
      'unallocated,call,up,+44,EUR,1,1,never,2026-13-01',
      ',,,,USD,,,,',
      '"A\nB",,,,USD,1,,,',
      'C,,,,USD,1,,,',
      'C,,,,USD,2,,,',
      'D',
    );
    expect(found.map((problem) => problem.slice(0, problem.indexOf(':')))).toEqual([
      ...Array.from({ length: 9 }, () => 'line 2'),
      'line 3',
      'line 7',
      'line 8',
    ]);
  });

  it.each([
    ['', [`the file is empty; its first line must be ${header}`]],
    [`${header}\n`, ['no rate follows the header; remove the file to do without rates']],
    [
      `${header.replace('currency', 'currencies')},valid_to\n`,
      [
        'line 1: column currency is missing',
        `line 1: column "currencies" is not known; columns are ${header}`,
        'line 1: column valid_to stands twice',
      ],
    ],
  ])('refuse the file %j', (text, expected) => {
    expect(parseRates(readCsvText(text).records, currencies)).toEqual({ problems: expected });
  });
});

describe('calling codes', () => {
  let database: Database;
  beforeAll(async () => {
    database = await openCaseDatabase();
    const house = { queries: await loadQueries(), seeds: await seedFiles() };
    const [query] = house.queries.values();
    if (query !== undefined) await makeInputs(database, house, { ...query, reads: [] }, undefined);
  });
  afterAll(() => database.close());

  it('of rates are those that the ledger tells of a number', async () => {
    const codes = Array.from({ length: 10_000 }, (_, code) => String(code));
    const told = await database.texts(
      'calling_code',
      `select cast(code as varchar) from range(10000) as codes(code)
       where calling_code('+' || code || '****') = cast(code as varchar)
       order by code`,
    );
    expect(codes.filter(isCallingCode)).toEqual(told.map(([code]) => code));
    expect(told.length).toBeGreaterThan(200);
  });
});

describe('what a report needs', () => {
  const report = (needs?: string) => ({ name: 'lines', needs });
  const problemsOf = (needs: string | undefined, given: Record<string, unknown[]>): readonly string[] => {
    try {
      requireInputs([report(), report(needs)], given);
      return [];
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
  };

  it('is asked for by the option that gives it', () => {
    const remedy = 'give them with --rates <file> or SUBLEDGER_RATES, or in rates.csv of this folder';
    expect(problemsOf('rates', { rates: [] })).toEqual([`The report lines needs rates: ${remedy}.`]);
    expect(problemsOf('rates', {})).toHaveLength(1);
    expect(problemsOf('rates', { rates: ['one'] })).toEqual([]);
    expect(problemsOf(undefined, {})).toEqual([]);
    expect(problemsOf('strange', {})).toEqual(['The report lines needs strange: nothing fills the table strange.']);
  });
});
