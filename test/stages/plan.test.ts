import { describe, expect, it } from 'vitest';
import type { Knowledge } from '../../src/domain/knowledge.js';
import { addDays } from '../../src/domain/period.js';
import { plan } from '../../src/stages/plan.js';

const at = (day: number): string => addDays('2026-10-01T00:00:00Z', day);
const account = { sid: 'AC1', ownerSid: 'AC0', friendlyName: 'One', status: 'closed' };
const range = { start: at(0), end: at(31) };
const nothing: Knowledge = { settled: [], unpriced: [], resumed: [] };
const asked = { accounts: [account], range, undated: false };

const callWindows = (known: Partial<Knowledge>): string[] =>
  plan({ ...asked, knowledge: { ...nothing, ...known }, firstTaskNumber: 3 })
    .filter((task) => task.resource === 'calls')
    .map((task) => `${task.window?.start.slice(8, 10)}-${task.window?.end.slice(5, 10)}`);

describe('plan', () => {
  it('asks for everything of every account where nothing is known, one window for each list', () => {
    const tasks = plan({
      ...asked,
      accounts: [account, { ...account, sid: 'AC2' }],
      knowledge: nothing,
      firstTaskNumber: 3,
    });
    expect(tasks.map((task) => [task.number, task.accountSid, task.resource])).toEqual([
      [3, 'AC1', 'calls'],
      [4, 'AC1', 'messages'],
      [5, 'AC1', 'usage_records'],
      [6, 'AC2', 'calls'],
      [7, 'AC2', 'messages'],
      [8, 'AC2', 'usage_records'],
    ]);
    for (const task of tasks) expect(task.window).toEqual(range);
  });

  it('leaves out what is settled, of that account and list only', () => {
    const settled = [{ accountSid: 'AC1', resource: 'calls', start: at(-10), end: at(24) }];
    expect(callWindows({ settled, unpriced: [] })).toEqual(['25-11-01']);
    const tasks = plan({ ...asked, knowledge: { ...nothing, settled }, firstTaskNumber: 1 });
    expect(tasks.find((task) => task.resource === 'messages')?.window).toEqual(range);
  });

  it('begins with closed accounts, then suspended ones; the rest follow in the order they came', () => {
    const statuses = ['active', 'closed', 'new-at-twilio', 'suspended', 'closed', 'active'];
    const accounts = statuses.map((status, index) => ({ ...account, sid: `AC${index}`, status }));
    const tasks = plan({ ...asked, accounts, knowledge: nothing, firstTaskNumber: 1 });
    const calls = tasks.filter((task) => task.resource === 'calls');
    expect(calls.map((task) => task.accountSid)).toEqual(['AC1', 'AC4', 'AC3', 'AC0', 'AC2', 'AC5']);
    expect(calls.map((task) => task.urgency)).toEqual([0, 0, 1, 2, 2, 2]);
  });

  it('goes on from what an interrupted run pulled, unpriced or not', () => {
    const resumed = [
      { accountSid: 'AC1', resource: 'calls', start: at(10), end: at(31) },
      { accountSid: 'AC1', resource: 'calls', start: at(0), end: at(1) },
    ];
    const unpriced = [{ accountSid: 'AC1', resource: 'calls', start: at(12), end: at(13) }];
    expect(callWindows({ resumed, unpriced })).toEqual(['02-10-11']);
  });

  it('says why a window is due', () => {
    const settled = [{ accountSid: 'AC1', resource: 'calls', start: at(0), end: at(24) }];
    const unpriced = [{ accountSid: 'AC1', resource: 'calls', start: at(4), end: at(5) }];
    const tasks = plan({
      ...asked,
      knowledge: { ...nothing, settled, unpriced },
      firstTaskNumber: 1,
    });
    expect(tasks.map((task) => [task.resource, task.window?.start.slice(8, 10), task.reason])).toEqual([
      ['calls', '05', 'unpriced records'],
      ['calls', '25', 'after what is settled'],
      ['messages', '01', 'not yet settled'],
      ['usage_records', '01', 'not yet settled'],
    ]);
  });

  it('looks for records without a date too, over one window as far back as anything is due', () => {
    const settled = [
      { accountSid: 'AC1', resource: 'undated_calls', start: at(10), end: at(24) },
      { accountSid: 'AC1', resource: 'undated_messages', start: at(0), end: at(24) },
    ];
    const tasks = plan({ ...asked, undated: true, knowledge: { ...nothing, settled }, firstTaskNumber: 1 });
    expect(tasks.slice(3).map((task) => [task.resource, task.window])).toEqual([
      ['undated_calls', range],
      ['undated_messages', { start: at(24), end: at(31) }],
    ]);
  });

  it('reads a list without date filter over one window where an interrupted run had begun it: no seam in the middle of a day', () => {
    const resumed = [{ accountSid: 'AC1', resource: 'undated_calls', start: '2026-10-09T13:20:11Z', end: at(31) }];
    const tasks = plan({ ...asked, undated: true, knowledge: { ...nothing, resumed }, firstTaskNumber: 1 });
    expect(tasks.find((task) => task.resource === 'undated_calls')?.window).toEqual(range);
  });

  it('asks again for settled days that hold unpriced records', () => {
    const settled = [{ accountSid: 'AC1', resource: 'calls', start: at(0), end: at(31) }];
    const unpriced = [4, 5, 20].map((day) => ({
      accountSid: 'AC1',
      resource: 'calls',
      start: at(day),
      end: at(day + 1),
    }));
    expect(callWindows({ settled, unpriced })).toEqual(['05-10-07', '21-10-22']);
    expect(callWindows({ settled, unpriced: [] })).toEqual([]);
  });
});
