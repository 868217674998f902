import { describe, expect, it } from 'vitest';
import { estimatePlan, medianOf } from '../../src/domain/plan-estimate.js';
import type { Task } from '../../src/domain/task.js';

const task = (accountSid: string, resource: Task['resource'], days: number): Task => ({
  number: 1,
  accountSid,
  resource,
  window: { start: '2026-10-01T00:00:00Z', end: `2026-10-${String(1 + days).padStart(2, '0')}T00:00:00Z` },
  reason: 'test',
});
const pace = { latencyMs: 100, concurrency: 10, accountConcurrency: 2, undatedPages: 25 };
const day = 86_400;

describe('the estimate of a plan', () => {
  it('counts pages of 1000 rows from what the same list brought before', () => {
    const past = [{ accountSid: 'AC1', resource: 'calls', rows: 1500, seconds: 3 * day }];
    const { tasks, requests, atLeast } = estimatePlan(
      [task('AC1', 'calls', 1), task('AC1', 'calls', 2), task('AC1', 'calls', 5)],
      past,
      pace,
    );
    expect(tasks.map((one) => [one.rows, one.requests])).toEqual([
      [500, 1],
      [1000, 1],
      [2500, 3],
    ]);
    expect({ requests, atLeast }).toEqual({ requests: 5, atLeast: false });
  });

  it('takes one request, and says "at least", where nothing is known of the list', () => {
    const past = [
      { accountSid: 'AC1', resource: 'messages', rows: 9000, seconds: day },
      { accountSid: 'AC2', resource: 'calls', rows: 9000, seconds: day },
      { accountSid: 'AC1', resource: 'calls', rows: 0, seconds: 0 },
    ];
    const { tasks, requests, atLeast } = estimatePlan([task('AC1', 'calls', 1)], past, pace);
    expect(tasks.map((one) => [one.rows, one.requests])).toEqual([[undefined, 1]]);
    expect({ requests, atLeast }).toEqual({ requests: 1, atLeast: true });
  });

  it('a list without rows costs one request, and that is known', () => {
    const past = [{ accountSid: 'AC1', resource: 'calls', rows: 0, seconds: day }];
    expect(estimatePlan([task('AC1', 'calls', 3)], past, pace)).toMatchObject({ requests: 1, atLeast: false });
  });

  it('takes a list without date filter for as long as the one with it, and ends where reading does', () => {
    const past = [
      { accountSid: 'AC1', resource: 'calls', rows: 4000, seconds: day },
      { accountSid: 'AC2', resource: 'calls', rows: 40_000, seconds: day },
    ];
    const tasks = [
      task('AC1', 'undated_calls', 2),
      task('AC2', 'undated_calls', 2),
      task('AC1', 'undated_messages', 2),
    ];
    const estimate = estimatePlan(tasks, past, pace);
    expect(estimate.tasks.map((one) => one.requests)).toEqual([8, 25, 1]);
    expect(estimate.atLeast).toBe(true);
  });

  it.each([
    ['many accounts: all slots', Array.from({ length: 41 }, (_, index) => task(`AC${index}`, 'calls', 1)), 500],
    ['one account: its own slots', Array.from({ length: 7 }, () => task('AC1', 'calls', 1)), 400],
    ['one long list: page by page', [task('AC9', 'calls', 9)], 900],
    ['nothing to do', [], 0],
  ])('the time is that of %s', (_, tasks, timeMs) => {
    const past = [{ accountSid: 'AC9', resource: 'calls', rows: 1000, seconds: day }];
    expect(estimatePlan(tasks, past, pace).timeMs).toBe(timeMs);
  });
});

it('the median is a measured time', () => {
  expect([medianOf([]), medianOf([7]), medianOf([9, 1]), medianOf([30, 10, 20])]).toEqual([0, 7, 1, 20]);
});
