import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkNextPageUri, readPage, splitPage } from '../../src/domain/page.js';

const page = (rows: unknown[], more: object = {}): string =>
  JSON.stringify({ uri: '/u.json?A=1', next_page_uri: null, page: 0, page_size: 50, calls: rows, ...more });

/** The rows as text, so that a failure can be read. */
function split(text: string) {
  const page = splitPage(Buffer.from(text), 'calls');
  return page.kind === 'page' ? { ...page, rows: page.rows.toString() } : page;
}

describe('splitPage', () => {
  it('gives the rows untouched, and the envelope', () => {
    const rowsText = '[ {"sid":"CA1","price":-0.00750} , {"sid":"CA2","price":"-1e-3"} ]';
    const text = `{"first_page_uri":"/f","calls" : ${rowsText},"uri":"/u","page":3,"page_size":1000,"next_page_uri":"/n"}`;
    expect(split(text)).toEqual({
      kind: 'page',
      envelope: { uri: '/u', nextPageUri: '/n', page: 3, pageSize: 1000 },
      rows: rowsText,
    });
  });

  it('knows a page without rows', () => {
    expect(split(page([]))).toMatchObject({ kind: 'page', rows: '[]' });
  });

  it('is not fooled by the key inside a text, an escaped key or a nested list before the rows', () => {
    const nasty = '"calls":[{"sid":"no"}]';
    const text = `{"a":${JSON.stringify(nasty)},"x\\"calls":["no"],"uri":"/u","next_page_uri":null,"calls":[{"sid":"yes"}]}`;
    expect(split(text)).toMatchObject({ kind: 'page', rows: '[{"sid":"yes"}]' });
  });

  it('finds the end of the rows though the envelope holds a bracket behind them', () => {
    const text = '{"calls":[{"sid":"yes"}],"next_page_uri":null,"uri":"/u?x[]=1","note":"]}"}';
    expect(split(text)).toMatchObject({ kind: 'page', rows: '[{"sid":"yes"}]' });
  });

  it.each([
    ['empty', ''],
    ['white space', ' \r\n'],
    ['null', 'null'],
    ['a bare list', '[]'],
    ['a text', '"calls"'],
    ['HTML', '<!doctype html><html>"calls":[]</html>'],
    ['a byte order mark', `\uFEFF${page([{ sid: 'CA1' }])}`],
    ['another list', page([]).replace('calls', 'messages')],
    ['rows that are no list', '{"calls":{"sid":"CA1"},"uri":"/u","next_page_uri":null}'],
    ['rows that are no objects', '{"calls":[1,2],"uri":"/u","next_page_uri":null}'],
    ['no uri', '{"calls":[],"next_page_uri":null}'],
    ['no next_page_uri', '{"calls":[],"uri":"/u"}'],
    ['a next_page_uri of another type', '{"calls":[],"uri":"/u","next_page_uri":false}'],
    ['an error body', '{"code":20003,"message":"calls","status":401}'],
    ['two answers in one', `${page([])}${page([])}`],
    ['two lists of that name', '{"calls":[1],"calls":[{}],"uri":"/u","next_page_uri":null}'],
    ['only a nested list', '{"uri":"/u","next_page_uri":null,"more":{"calls":[]}}'],
    ['cut behind a list inside a row', '{"uri":"/u","next_page_uri":null,"calls":[{"a":[1]}'],
  ])('%s is not a page', (_, text) => {
    expect(split(text).kind).toBe('not_a_page');
  });

  it('says nothing of the body in its detail', () => {
    const secret = 'call me at 5551234';
    for (const text of [secret, `<p>${secret}</p>`, `{"calls":[{"body":"${secret}"`]) {
      expect(JSON.stringify(split(text))).not.toContain('5551234');
    }
  });

  it('takes a page of 50 MB in the time of a search, not of a search at each of its brackets', () => {
    const text = page(
      Array.from({ length: 1000 }, (_, index) => ({ sid: `CA${index}`, body: '"calls":[}]'.repeat(4500) })),
    );
    const startedMs = performance.now();
    expect(split(text).kind).toBe('page');
    // On a busy machine it takes two seconds at most; at each bracket it would take hours.
    expect(performance.now() - startedMs).toBeLessThan(30_000);
  });
});

const nasty = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '"calls":[',
    ']',
    '[',
    '}',
    '{"calls":[]}',
    '\\',
    '\\"calls":[',
    ',"next_page_uri":null}',
    '\u2028',
    '"',
  ),
);
const nastyText = fc.array(nasty, { maxLength: 4 }).map((parts) => parts.join(''));
const row = fc.dictionary(
  nastyText,
  fc.oneof(nastyText, fc.constant(null), fc.array(nastyText, { maxLength: 2 }), fc.dictionary(nastyText, nastyText)),
  { maxKeys: 4 },
);
const envelopeText = fc
  .record({
    rows: fc.array(row, { maxLength: 5 }),
    uri: nasty,
    next: fc.option(nasty),
    note: nasty,
    order: fc.shuffledSubarray(['calls', 'uri', 'next_page_uri', 'page', 'note'], { minLength: 5, maxLength: 5 }),
    indent: fc.constantFrom(0, 2, '\t'),
  })
  .map(({ rows, uri, next, note, order, indent }) => {
    const values: Record<string, unknown> = { calls: rows, uri, next_page_uri: next, page: 0, note };
    return JSON.stringify(Object.fromEntries(order.map((key) => [key, values[key]])), null, indent);
  });

describe('splitPage, over random pages (JSON.parse is the oracle; a failure prints its seed)', () => {
  it('finds the same rows and envelope', () => {
    fc.assert(
      fc.property(envelopeText, (text) => {
        const whole = JSON.parse(text) as Record<string, unknown>;
        const found = split(text);
        if (found.kind !== 'page') throw new Error(found.detail);
        expect(JSON.parse(found.rows)).toEqual(whole.calls);
        expect(found.envelope).toMatchObject({ uri: whole.uri, nextPageUri: whole.next_page_uri });
      }),
      { numRuns: 2000 },
    );
  });

  it('never takes a page that was cut off for a whole one', () => {
    fc.assert(
      fc.property(envelopeText, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (text, share) => {
        const found = split(text.slice(0, Math.floor(text.length * share)));
        if (found.kind === 'page') expect(() => JSON.parse(found.rows)).toThrow();
      }),
      { numRuns: 2000 },
    );
  });
});

describe('splitPage, bytes', () => {
  it('takes UTF-8, and neither other bytes nor a byte order mark', () => {
    const text = '{"calls":[{"to":"é🙂"}],"uri":"/u","next_page_uri":null}';
    expect(split(text)).toMatchObject({ kind: 'page', rows: '[{"to":"é🙂"}]' });
    expect(splitPage(Buffer.from(text, 'latin1'), 'calls')).toMatchObject({ detail: 'its bytes are not UTF-8' });
    expect(split(`\uFEFF${text}`)).toMatchObject({ detail: 'the body is not a JSON object' });
  });
});

const place = { path: '/2010-04-01/Accounts/AC1/Calls.json', origins: ['https://api.twilio.com'] };

describe('checkNextPageUri', () => {
  const query = '?StartTime%3E=2026-10-01&Page=1&PageToken=PACA1';

  it.each([`${place.path}${query}`, `https://api.twilio.com${place.path}${query}`, place.path])('follows %s', (uri) => {
    expect(checkNextPageUri(uri, place)).toEqual({ kind: 'next', uri: uri.replace('https://api.twilio.com', '') });
  });

  it.each([
    ['another host', `https://evil.example${place.path}${query}`],
    ['a host that only begins alike', `https://api.twilio.com.evil.example${place.path}`],
    ['a user name that looks like the host', `https://api.twilio.com@evil.example${place.path}`],
    ['another scheme', `http://api.twilio.com${place.path}`],
    ['a host without scheme', `//evil.example${place.path}`],
    ['a host behind the origin', `https://api.twilio.com//evil.example${place.path}`],
    ['a relative path', 'Calls.json?Page=1'],
    ['nothing', ''],
  ])('refuses %s, as leading away', (_, uri) => {
    expect(checkNextPageUri(uri, place)).toEqual({ kind: 'refused', detail: 'it leads to another host' });
  });

  it.each([
    ['another account', `/2010-04-01/Accounts/AC2/Calls.json${query}`],
    ['another list', `/2010-04-01/Accounts/AC1/Messages.json${query}`],
    ['a way up', `/2010-04-01/Accounts/AC2/../AC1/Calls.json${query}`],
    ['an encoded way up', `/2010-04-01/Accounts/AC2/%2e%2e/AC1/Calls.json`],
    ['an encoded slash', `/2010-04-01/Accounts%2FAC1/Calls.json`],
    ['a backslash', `\\\\evil.example${place.path}`],
    ['a fragment', `${place.path}?Page=1#x`],
    ['a line break', `${place.path}?a=1\r\nHost: evil.example`],
    ['a space in front', ` ${place.path}`],
  ])('refuses %s', (_, uri) => {
    expect(checkNextPageUri(uri, place).kind).toBe('refused');
  });
});

describe('readPage', () => {
  const expected = { rowsKey: 'calls', filters: [{ name: 'A', value: '1', kind: 'text' as const }], place };
  const read = (text: string | Buffer) => readPage(Buffer.from(text), expected);

  it('gives rows, own address and the next one', () => {
    const text = page([{ sid: 'CA1' }], { next_page_uri: `${place.path}?A=1&Page=1` });
    expect(read(text)).toEqual({
      kind: 'page',
      rows: Buffer.from('[{"sid":"CA1"}]'),
      uri: '/u.json?A=1',
      nextUri: `${place.path}?A=1&Page=1`,
    });
    expect(read(page([]))).toMatchObject({ kind: 'page', nextUri: null });
  });

  it('calls damage transient, and what Twilio would repeat not', () => {
    expect(read('<html>')).toMatchObject({ kind: 'problem', transient: true });
    expect(read(Buffer.from([0x7b, 0xff]))).toMatchObject({ kind: 'problem', transient: true });
    expect(read(page([], { uri: '/u.json?B=1' }))).toMatchObject({
      transient: false,
      detail: expect.stringContaining('A'),
    });
    expect(read(page([], { next_page_uri: 'https://evil.example/' }))).toMatchObject({ transient: false });
    expect(read(page([], { next_page_uri: '' }))).toMatchObject({ kind: 'problem', transient: false });
  });
});
