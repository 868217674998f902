import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dropUris, withPrices } from '../../src/domain/slim-rows.js';

const slim = (text: string) => {
  const { json, priceKeys, quoted } = withPrices(dropUris(Buffer.from(text)));
  return { text: json.toString(), priceKeys, quoted };
};

describe('subresource_uris', () => {
  it('are dropped, with or without white space', () => {
    const rows =
      '[{"sid":"CA1" , "subresource_uris" : {"a":"/x","b":"/y" } ,"price":"1"},{"price":null,"subresource_uris":{}}]';
    expect(slim(rows)).toEqual({ text: '[{"sid":"CA1"  ,"price":"1"},{"price":null}]', priceKeys: 2, quoted: 0 });
  });

  it.each([
    '[{"subresource_uris":{"a":"b"},"price":"1"}]',
    '[{"sid":"1","subresource_uris":{"a":{"b":1}},"price":"1"}]',
    '[{"sid":"1","subresource_uris":null,"price":"1"}]',
    '[{"sid":"1","subresource_uris":{"a":"b","c":null},"price":"1"}]',
    '[{"sid":"1","subresource_uris":{"a":"}"},"price":"1"}]',
    '[{"sid":"1","subresource_uris":{"a":"b","c":"} "},"price":"1"}]',
    String.raw`[{"sid":"1","subresource_uris":{"a":"b\"}"},"price":"1"}]`,
    String.raw`[{"body":"x,\"subresource_uris\":{","price":"1"}]`,
    '[{"sid":"1","subresource_uris":{"a":"b"',
  ])('stay where dropping them would be a guess: %s', (rows) => {
    expect(slim(rows).text).toBe(rows);
  });
});

describe('prices that are JSON numbers', () => {
  it.each([
    ['0.1', '0.1'],
    ['-0.00750', '-0.00750'],
    ['1e-3', '1e-3'],
    ['123456789012345678901234567890.5', '123456789012345678901234567890.5'],
  ])('%s is quoted digit for digit', (number, text) => {
    expect(slim(`[{"sid":"1","price": ${number} }]`)).toEqual({
      text: `[{"sid":"1","price": "${text}" }]`,
      priceKeys: 1,
      quoted: 1,
    });
  });

  it('texts, null and other keys stay', () => {
    const rows = '[{"price":"0.1","price_unit":"USD"},{"price":null,"unit_price":1},{"note":"price"}]';
    expect(slim(rows)).toEqual({ text: rows, priceKeys: 2, quoted: 0 });
  });
});

describe('over random rows (JSON.parse is the oracle; a failure prints its seed)', () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('subresource_uris":{', '"price":1', ',"subresource_uris":{"a":"b"}', '}{', '\\', '"'),
  );
  const row = fc.record({
    sid: nasty,
    price: fc.option(fc.constantFrom('-0.1', '0', '')),
    body: nasty,
    subresource_uris: fc.dictionary(
      fc.constantFrom('a', 'b'),
      fc.constantFrom('/x.json', '/y.json', '}', '"}', 'x"}', '', ':', '{', '\\', 'a }'),
    ),
    to: nasty,
  });

  it('only the URIs go, and every price key is counted', () => {
    fc.assert(
      fc.property(fc.array(row), fc.constantFrom(0, 2), (rows, indent) => {
        const found = slim(JSON.stringify(rows, null, indent));
        // Where it is not sure where the URIs end, they may stay; nothing else may change.
        const [left, given] = [JSON.parse(found.text), JSON.parse(JSON.stringify(rows))].map((list: object[]) =>
          list.map((one) => ({ ...one, subresource_uris: 'any' })),
        );
        expect(left).toEqual(given);
        expect(found.priceKeys).toBe(rows.length);
      }),
      { numRuns: 2000 },
    );
  });
});
