import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvText, readCsvText } from '../../src/adapters/csv.js';
import { type CustomerMapEntry, customerMapColumns, parseCustomerMap } from '../../src/domain/customer-map.js';
import { addDays, dayOf } from '../../src/domain/period.js';

const header = customerMapColumns.join(',');
const parse = (...lines: string[]) => parseCustomerMap(readCsvText([header, ...lines].join('\n')).records);
const problems = (...lines: string[]) => {
  const parsed = parse(...lines);
  return 'problems' in parsed ? parsed.problems : [];
};
const sid = `AC${'0'.repeat(32)}`;

describe('customer map', () => {
  it('reads entries, with empty dates as open ends', () => {
    const lines = [`${sid},c-1,First,,2026-10-11`, `${sid}, c-2 ,Second,2026-10-11,`, 'ACodd,c-1,,,'];
    expect(parse(...lines)).toEqual({
      entries: [
        { accountSid: sid, customerId: 'c-1', customerName: 'First', validFrom: undefined, validTo: '2026-10-11' },
        { accountSid: sid, customerId: 'c-2', customerName: 'Second', validFrom: '2026-10-11', validTo: undefined },
        { accountSid: 'ACodd', customerId: 'c-1', customerName: 'First', validFrom: undefined, validTo: undefined },
      ],
    });
  });

  it('takes the id for a name where no line names the customer', () => {
    expect(parse('AC1,c-1,,,')).toMatchObject({ entries: [{ customerName: 'c-1' }] });
  });

  it('takes columns in any order', () => {
    const text = 'customer_name,valid_to,account_sid,valid_from,customer_id\nFirst,,AC1,2026-01-01,c-1\n';
    expect(parseCustomerMap(readCsvText(text).records)).toMatchObject({
      entries: [{ accountSid: 'AC1', customerId: 'c-1', customerName: 'First', validFrom: '2026-01-01' }],
    });
  });

  it.each([
    [['XX1,c-1,,,'], 'line 2: "XX1" is no account SID, which begins with AC'],
    [[',c-1,,,'], 'line 2: "" is no account SID, which begins with AC'],
    [['AC1,,,,'], 'line 2: customer_id is empty'],
    [['AC1,unallocated,,,'], 'line 2: customer_id "unallocated" is taken: it holds the cost of unmapped accounts'],
    [['AC1,c-1,,2026-02-30,'], 'line 2: valid_from "2026-02-30" is no day written YYYY-MM-DD'],
    [['AC1,c-1,,,01.10.2026'], 'line 2: valid_to "01.10.2026" is no day written YYYY-MM-DD'],
    [
      ['AC1,c-1,,2026-10-01,2026-10-01'],
      'line 2: valid_to 2026-10-01 is not after valid_from 2026-10-01; valid_to is the first day that no longer counts',
    ],
    [['AC1,c-1,,'], 'line 2: has 4 fields, the header 5'],
    [['AC1,c-1,,,,'], 'line 2: has 6 fields, the header 5'],
    [['AC1,c-1,,,', 'AC1,c-1,,,'], 'line 3: account AC1 stands already on line 2'],
    [
      ['AC1,c-1,,,2026-10-11', 'AC1,c-2,,2026-10-10,'],
      'line 3: account AC1 overlaps line 2, which holds from the beginning to 2026-10-11',
    ],
    [
      ['AC1,c-2,,2026-10-10,', 'AC1,c-1,,,'],
      'line 2: account AC1 overlaps line 3, which holds from the beginning to for ever',
    ],
    [
      ['AC1,c-1,,,2026-10-11', 'AC1,c-2,,2026-10-12,'],
      'line 3: account AC1 leaves a gap from 2026-10-11 to 2026-10-12 after line 2',
    ],
    [['AC1,c-1,First,,', 'AC2,c-1,Other,,'], 'line 3: customer c-1 is called "Other", but "First" on line 2'],
  ])('refuses %j', (lines, problem) => {
    expect(problems(...lines)).toEqual([problem]);
  });

  it('tells every problem at once, in the order of lines', () => {
    const found = problems('XX1,,x,,', 'AC1,c-1,"two\nlines",2026-13-01,never', 'AC2,c-1,,,', 'AC2,c-2,,,', 'AC3,c');
    expect(found.map((problem) => problem.slice(0, problem.indexOf(':')))).toEqual([
      'line 2',
      'line 2',
      'line 3',
      'line 3',
      'line 6',
      'line 7',
    ]);
  });

  it.each([
    ['', ['the file is empty; its first line must be account_sid,customer_id,customer_name,valid_from,valid_to']],
    [`${header}\n`, ['no account follows the header; remove the file to do without a map']],
    [
      'account_sid,customer,customer_name,valid_from,account_sid\nAC1,x,,,\n',
      [
        'line 1: column customer_id is missing',
        'line 1: column valid_to is missing',
        'line 1: column "customer" is not known; columns are account_sid,customer_id,customer_name,valid_from,valid_to',
        'line 1: column account_sid stands twice',
      ],
    ],
  ])('refuses the file %j', (text, expected) => {
    expect(parseCustomerMap(readCsvText(text).records)).toEqual({ problems: expected });
  });

  it('reads back every valid map that was written as CSV', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => text.replaceAll('\r', '').trim());
    const usable = name.filter(
      (text) => text !== '' && text !== 'unallocated' && !/^'*[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]/u.test(text),
    );
    const account = fc.array(fc.tuple(usable, fc.integer({ min: 1, max: 400 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(account, { minLength: 1, maxLength: 5 }), (accounts) => {
        const entries = accounts.flatMap((parts, index): CustomerMapEntry[] => {
          let from: string | undefined;
          return parts.map(([customer, days], part) => {
            const validFrom = from;
            const next = dayOf(addDays(`${from ?? '2024-02-20'}T00:00:00Z`, days));
            from = part === parts.length - 1 ? undefined : next;
            return { accountSid: `AC${index}`, customerId: customer, customerName: customer, validFrom, validTo: from };
          });
        });
        const columns = customerMapColumns.map((column) => ({ name: column, type: 'VARCHAR' }));
        const rows = entries.map((entry) => [
          entry.accountSid,
          entry.customerId,
          entry.customerName,
          entry.validFrom ?? null,
          entry.validTo ?? null,
        ]);
        expect(parseCustomerMap(readCsvText(csvText(columns, rows)).records)).toEqual({ entries });
      }),
      { numRuns: 300 },
    );
  });
});
