import { describe, expect, it } from 'vitest';
import { checkEcho, parseEchoedTimeMs, type SentFilter } from '../../src/domain/echo.js';

const after: SentFilter = { name: 'StartTime>', value: '2026-10-01T00:00:00Z', kind: 'instant' };
const before: SentFilter = { name: 'StartTime<', value: '2026-11-01T00:00:00Z', kind: 'instant' };
const day: SentFilter = { name: 'EndDate', value: '2026-10-31', kind: 'day' };
const own: SentFilter = { name: 'IncludeSubaccounts', value: 'false', kind: 'text' };

describe('checkEcho', () => {
  it.each([
    ['as the client sends it', 'StartTime%3E=2026-10-01T00%3A00%3A00Z'],
    ['not encoded', 'StartTime>=2026-10-01T00:00:00Z'],
    ['as a bare day', 'StartTime%3E=2026-10-01'],
    ['with a space and fractions', 'StartTime%3E=2026-10-01+00%3A00%3A00.000'],
    ['in American order with a zone', 'StartTime%3E=09%2F30%2F2026+17%3A00%3A00+MST'],
    ['as RFC 2822', 'StartTime%3E=Thu%2C+01+Oct+2026+00%3A00%3A00+-0000'],
    ['with another offset', 'StartTime%3E=2026-10-01T05%3A30%3A00%2B05%3A30'],
    ['with an offset to the west', 'StartTime%3E=2026-09-30T17%3A00%3A00-07%3A00'],
    ['with an offset whose plus was not escaped', 'StartTime%3E=Thu, 01 Oct 2026 05:30:00 +0530'],
    ['among others', 'Foo=1&StartTime%3E=2026-10-01&PageSize=1000&Page=0'],
  ])('accepts the filter %s', (_, query) => {
    expect(checkEcho(`/Calls.json?${query}`, [after])).toBeUndefined();
  });

  it.each([
    ['missing', 'PageSize=1000', 'does not repeat it'],
    ['under a name with one sign too many', 'StartTime%3E%3D=2026-10-01', 'does not repeat it'],
    ['under its bare name', 'StartTime=2026-10-01', 'does not repeat it'],
    ['with another day', 'StartTime%3E=2026-10-02', 'otherwise'],
    ['with another hour', 'StartTime%3E=2026-10-01T01%3A00%3A00Z', 'otherwise'],
    ['in another zone', 'StartTime%3E=10%2F01%2F2026+00%3A00%3A00+MST', 'otherwise'],
    ['in a zone that nobody knows', 'StartTime%3E=10%2F01%2F2026+00%3A00%3A00+XYZ', 'otherwise'],
    ['empty', 'StartTime%3E=', 'otherwise'],
    ['garbage', 'StartTime%3E=yesterday', 'otherwise'],
    ['twice, with two meanings', 'StartTime%3E=2026-10-01&StartTime%3E=2025-10-01', 'otherwise'],
  ])('names the filter that is %s', (_, query, says) => {
    const problem = checkEcho(`/Calls.json?${query}`, [after]);
    expect(problem).toContain('StartTime>');
    expect(problem).toContain(says);
  });

  it('checks every filter', () => {
    const query = 'StartTime%3E=2026-10-01&EndDate=2026-10-31&IncludeSubaccounts=False';
    expect(checkEcho(`/x?${query}`, [after, day, own])).toBeUndefined();
    expect(checkEcho(`/x?${query}`, [after, before])).toContain('StartTime<');
    expect(checkEcho('/x?EndDate=2026-11-01', [day])).toContain('EndDate');
    expect(checkEcho('/x?IncludeSubaccounts=true', [own])).toContain('IncludeSubaccounts');
    expect(checkEcho('/x', [own])).toContain('IncludeSubaccounts');
    expect(checkEcho('/x', [])).toBeUndefined();
  });
});

describe('parseEchoedTimeMs', () => {
  // Instants worked out by hand, not by a Date.
  it.each([
    ['1970-01-01', 0],
    ['1970-01-02', 86_400_000],
    ['2000-02-29', 951_782_400_000],
    ['2019-06-11 22:05:25.000', 1_560_290_725_000],
    ['2019-06-11T22:05:25.250Z', 1_560_290_725_250],
    ['06/11/2019 22:05:25 MST', 1_560_315_925_000],
    ['Wed, 19 Jun 2019 22:04:00 -0000', 1_560_981_840_000],
    ['19 Jun 2019 22:04 GMT', 1_560_981_840_000],
  ])('%s', (text, ms) => {
    expect(parseEchoedTimeMs(text)).toBe(ms);
  });

  it.each(['', 'soon', '2026-02-29', '2026-13-01', '2026-00-10', '31/12/2026', '2026-1-1', '1 Foo 2026 00:00 GMT'])(
    '%s is no time',
    (text) => {
      expect(parseEchoedTimeMs(text)).toBeUndefined();
    },
  );
});
