import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allAreDated, rowsToLand } from '../../src/domain/dated-rows.js';
import { dropUris, withPrices } from '../../src/domain/slim-rows.js';

const dated = (text: string, resource: 'undated_calls' | 'undated_messages' | 'calls' = 'undated_calls') =>
  allAreDated(withPrices(dropUris(Buffer.from(text))).json, resource);

const date = '"Fri, 18 Oct 2019 17:02:00 +0000"';

describe('what is landed of a page', () => {
  const landed = (text: string, resource: 'undated_calls' | 'calls') => rowsToLand(Buffer.from(text), resource);

  it('is nothing where the list has no date filter and all have a date', () => {
    expect(landed(`[{"start_time":${date},"price":1}]`, 'undated_calls')).toEqual({
      json: Buffer.from('[]'),
      priceKeys: 0,
      quoted: 0,
      received: [],
    });
  });

  it.each(['undated_calls', 'calls'] as const)(
    'is otherwise what dropUris and withPrices make of it: %s',
    (resource) => {
      const rows = resource === 'calls' ? `[{"start_time":${date},"price":1}]` : '[{"start_time":null,"price":1}]';
      expect(landed(rows, resource)).toEqual(withPrices(dropUris(Buffer.from(rows))));
    },
  );
});

describe('a page of a list without date filter holds nothing to keep', () => {
  it.each([
    '[]',
    `[{"sid":"CA1","start_time":${date}}]`,
    `[{"start_time" : ${date}},{"sid":"CA2","start_time":\n${date},"subresource_uris":{"a":"/b"}}]`,
  ])('where each row has a date: %s', (rows) => {
    expect(dated(rows)).toBe(true);
  });

  it.each([
    `[{"start_time":${date}},{"start_time":null}]`,
    `[{"start_time":${date}},{"start_time":""}]`,
    `[{"start_time":${date}},{"sid":"CA2"}]`,
    `[{"start_time":${date}},{"sid":"CA2","restart_time":${date}}]`,
    String.raw`[{"start_time":${date}},{"to":"\"start_time\":\"x"}]`,
    `[{"start_time":${date}},{"to":"start_time","from":"x"}]`,
    `[{"start_time":${date}},{"date_sent":${date}}]`,
  ])('but not where one has none: %s', (rows) => {
    expect(dated(rows)).toBe(false);
  });

  it('is left to the database where braces stand that are not a row', () => {
    expect(dated(`[{"start_time":${date},"to":"{"}]`)).toBe(false);
  });

  it('is a question for such lists only, each by its own date', () => {
    expect(dated(`[{"date_sent":${date}}]`, 'undated_messages')).toBe(true);
    expect(dated(`[{"date_sent":null,"start_time":${date}}]`, 'undated_messages')).toBe(false);
    expect(dated(`[{"start_time":${date}}]`, 'calls')).toBe(false);
  });

  it('over random rows: never where JSON.parse finds one without a date (a failure prints its seed)', () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('date_sent":"x', '"date_sent":"x"', '{', '}', '\\', '"', 'date_sent"'),
    );
    const row = fc.record(
      {
        sid: nasty,
        body: nasty,
        date_sent: fc.constantFrom(null, '', 'Fri'),
        subresource_uris: fc.constant({ a: '/b' }),
      },
      { requiredKeys: ['sid', 'body'] },
    );
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const some = rows.some((one) => (one.date_sent ?? '') === '');
        return !(some && dated(JSON.stringify(rows), 'undated_messages'));
      }),
      { numRuns: 2000 },
    );
  });
});
