import { describe, expect, it } from 'vitest';
import type { Task } from '../../src/domain/task.js';
import { interleaveAccounts } from '../../src/domain/task-order.js';

const tasksOf = (accounts: string): Task[] =>
  [...accounts].map((accountSid, number) => {
    return { number, accountSid, resource: 'calls', window: undefined, reason: 'test' };
  });

describe('interleaveAccounts', () => {
  it('begins with the most urgent accounts, each kind in turns of its own', () => {
    const urgency: Record<string, number> = { A: 2, B: 0, C: 1, D: 0 };
    const tasks = tasksOf('AABBCCDDE').map((task) => ({ ...task, urgency: urgency[task.accountSid] }));
    expect(
      interleaveAccounts(tasks)
        .map((task) => task.accountSid)
        .join(''),
    ).toBe('BDBDCCAAE');
  });

  it.each([
    ['', ''],
    ['A', 'A'],
    ['AAABBC', 'ABCABA'],
    ['ABC', 'ABC'],
    ['CBA', 'CBA'],
    ['AABAB', 'ABABA'],
  ])('%s becomes %s', (given, expected) => {
    const order = interleaveAccounts(tasksOf(given));
    expect(order.map((task) => task.accountSid).join('')).toBe(expected);
    // Nothing is lost or doubled, and each account's own order stays.
    expect(order.toSorted((a, b) => a.number - b.number)).toEqual(tasksOf(given));
    for (const account of new Set(given)) {
      const numbers = order.filter((task) => task.accountSid === account).map((task) => task.number);
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
  });
});
