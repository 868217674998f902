import { describe, expect, it } from 'vitest';
import { outOfReachWarnings } from '../../src/domain/out-of-reach.js';
import type { Task } from '../../src/domain/task.js';

const now = '2026-11-01T12:00:00Z';
const account = { sid: 'AC1', ownerSid: 'AC0', friendlyName: '', status: 'closed', updatedAt: '2026-10-20T18:00:00Z' };
const task = (start: string, resource: Task['resource'] = 'calls', accountSid = 'AC1'): Task => ({
  number: 1,
  accountSid,
  resource,
  window: { start: `${start}T00:00:00Z`, end: '2026-11-01T00:00:00Z' },
  reason: 'test',
});

describe('a closed account', () => {
  it.each([
    ['2026-10-20T18:00:00Z', 'perhaps in 19 days, on 2026-11-19'],
    ['2026-10-02T12:00:01Z', 'perhaps in 1 days, on 2026-11-01'],
    ['2026-10-02T12:00:00Z', 'since 2026-11-01 it may be gone'],
    ['2026-10-01T18:00:00Z', 'since 2026-10-31 it may be gone'],
    [undefined, 'Twilio does not say'],
  ])('last changed at %s: %s', (updatedAt, text) => {
    const warnings = outOfReachWarnings([{ ...account, updatedAt }], [task('2026-10-01')], now);
    expect(warnings).toEqual([expect.stringContaining(text)]);
    expect(warnings[0]).toMatch(/^AC1 is closed, and Twilio may delete its data 30 days after closure/);
  });

  it('is nothing to warn of where only days after its closure are due, or nothing', () => {
    expect(outOfReachWarnings([account], [task('2026-10-21')], now)).toEqual([]);
    expect(outOfReachWarnings([account], [], now)).toEqual([]);
    expect(outOfReachWarnings([account], [task('2026-10-01', 'calls', 'AC2')], now)).toEqual([]);
    expect(outOfReachWarnings([{ ...account, status: 'suspended' }], [task('2026-10-01')], now)).toEqual([]);
  });

  it('regression: is not warned of every night for the lists without date filter alone', () => {
    expect(outOfReachWarnings([account], [task('2026-10-01', 'undated_calls')], now)).toEqual([]);
  });

  it('is only counted from the 21st on', () => {
    const accounts = Array.from({ length: 25 }, (_, index) => ({ ...account, sid: `AC${index}` }));
    const tasks = accounts.map(({ sid }) => task('2026-10-01', 'calls', sid));
    const warnings = outOfReachWarnings(accounts, tasks, now);
    expect(warnings).toHaveLength(21);
    expect(warnings[20]).toMatch(/^5 more closed accounts/);
  });
});

describe('messages older than Twilio keeps them', () => {
  it('are told once, with the first day and the last that may be missing', () => {
    const tasks = [
      task('2025-09-01', 'messages'),
      task('2025-08-15', 'messages'),
      task('2025-07-01', 'messages', 'AC2'),
      task('2025-01-01', 'calls'),
    ];
    const [warning, ...more] = outOfReachWarnings([], tasks, now);
    expect(more).toEqual([]);
    // 400 days before 2026-11-01 is 2025-09-27.
    expect(warning).toMatch(
      /^Messages of 2 accounts are asked for from 2025-07-01 on.* before 2025-09-27 may be missing/,
    );
  });

  it('are no matter of calls, nor of younger windows', () => {
    const tasks = [task('2025-01-01', 'calls'), task('2025-01-01', 'usage_records'), task('2025-09-28', 'messages')];
    expect(outOfReachWarnings([], tasks, now)).toEqual([]);
  });
});
