import { afterEach, describe, expect, it } from 'vitest';
import { type SimulatorHandle, startSimulatorHere } from '../support/simulator.js';
import { Api, listPath, type Row, seconds, units } from './api.js';

const USAGE = ['', '/Daily', '/Monthly', '/Yearly', '/AllTime', '/Today', '/Yesterday', '/ThisMonth', '/LastMonth'];

let simulator: SimulatorHandle;
afterEach(() => simulator.stop());

/** Every answer is held against Twilio's OpenAPI document by `Api`: reading is the test. */
describe('every answer is as Twilio documents it', () => {
  for (const seed of [1, 2, 3]) {
    it(`accounts, calls, messages and usage, seed ${seed}`, async () => {
      simulator = await startSimulatorHere({ seed, records: 5000, from: '2026-10-20', to: '2026-11-03' });
      const api = new Api(simulator);
      const accounts = await api.rows('/2010-04-01/Accounts.json?PageSize=7');
      expect(accounts).toHaveLength(41);
      for (const account of accounts) {
        const sid = String(account.sid);
        expect((await api.get(`/2010-04-01/Accounts/${sid}.json`)).json).toEqual(account);
        const calls = await api.rows(listPath(sid, 'Calls', { PageSize: 1000 }));
        const messages = await api.rows(listPath(sid, 'Messages', { PageSize: 1000 }));
        for (const call of calls.slice(0, 2)) expect((await api.get(String(call.uri))).json).toEqual(call);
        for (const message of messages.slice(0, 2)) expect((await api.get(String(message.uri))).json).toEqual(message);
        for (const row of [...calls, ...messages]) expect(row.account_sid).toBe(sid);
      }
      for (const resource of USAGE) {
        const query = { PageSize: 1000, StartDate: '2026-10-28', EndDate: '2026-11-01', IncludeSubaccounts: 'false' };
        const rows = await api.rows(listPath(api.accountSid, `Usage/Records${resource}`, query));
        expect(rows.some((row) => row.price === '0' && row.count === '0')).toBe(true);
      }
    });
  }

  it('while calls are going on and prices are still to come', async () => {
    simulator = await startSimulatorHere({ records: 8000, to: '2026-09-04', now: '2026-09-02T14:00:00Z' });
    const api = new Api(simulator);
    const statuses = new Set<unknown>();
    let unpriced = 0;
    for (const account of await api.rows('/2010-04-01/Accounts.json?PageSize=1000')) {
      for (const call of await api.rows(listPath(String(account.sid), 'Calls', { PageSize: 1000 }))) {
        statuses.add(call.status);
        if (call.price === null) unpriced++;
        if (call.start_time !== null)
          expect(seconds(call.start_time)).toBeLessThanOrEqual(Date.UTC(2026, 8, 2, 14) / 1000);
      }
      await api.rows(listPath(String(account.sid), 'Messages', { PageSize: 1000 }));
    }
    expect(statuses).toContain('in-progress');
    expect(unpriced).toBeGreaterThan(10);
  });

  it('errors too', async () => {
    simulator = await startSimulatorHere({ records: 100 });
    const api = new Api(simulator);
    const sid = api.accountSid;
    const cases: [string, number, number][] = [
      [listPath(sid, 'Calls', { Page: 1 }), 400, 70002],
      [listPath(sid, 'Calls', { PageToken: 'PACA00000000000000000000000000000000' }), 400, 20001],
      [listPath(sid, 'Calls', { PageSize: 0 }), 400, 20001],
      [listPath(sid, 'Calls', { 'StartTime>': 'yesterday' }), 400, 20001],
      [listPath(sid, 'Calls', { Status: 'done' }), 400, 20001],
      [listPath(sid, 'Usage/Records', { StartDate: '2026-09-02', EndDate: '2026-09-01' }), 404, 20404],
      [listPath(sid, 'Nothing'), 404, 20404],
      [listPath('AC00000000000000000000000000000000', 'Calls'), 404, 20404],
      [`/2010-04-01/Accounts/${sid}/Calls/CA00000000000000000000000000000000.json`, 404, 20404],
    ];
    for (const [path, status, code] of cases) {
      const reply = await api.get(path);
      expect({ path, status: reply.status, code: reply.json.code }).toEqual({ path, status, code });
      expect(reply.json.status).toBe(status);
    }
  });
});

describe('rows make sense', () => {
  it('times, lengths, legs and prices of calls hang together', async () => {
    simulator = await startSimulatorHere({ records: 6000, accounts: 6 });
    const api = new Api(simulator);
    const accounts = await api.rows('/2010-04-01/Accounts.json?PageSize=1000');
    const calls: Row[] = [];
    for (const { sid } of accounts) calls.push(...(await api.rows(listPath(String(sid), 'Calls', { PageSize: 1000 }))));
    const bySid = new Map(calls.map((call) => [call.sid, call]));
    expect(bySid.size).toBe(calls.length);
    let legs = 0;
    for (const call of calls) {
      if (call.end_time !== null && Number(call.duration) > 0) {
        expect(seconds(call.end_time) - seconds(call.start_time)).toBe(Number(call.duration));
      }
      if (call.price !== null) units(String(call.price));
      if (call.parent_call_sid === null) continue;
      legs++;
      const parent = bySid.get(call.parent_call_sid);
      expect(parent?.account_sid).toBe(call.account_sid);
      if (call.start_time !== null && parent?.start_time != null) {
        expect(seconds(call.start_time)).toBeGreaterThanOrEqual(seconds(parent.start_time));
      }
      expect(parent?.parent_call_sid).toBeNull();
    }
    expect(legs).toBeGreaterThan(calls.length / 20);
  });

  it('lists are newest first', async () => {
    simulator = await startSimulatorHere({ records: 5000, accounts: 3 });
    const api = new Api(simulator);
    for (const [resource, key] of [
      ['Calls', 'start_time'],
      ['Messages', 'date_sent'],
    ] as const) {
      const rows = await api.rows(listPath(api.accountSid, resource, { PageSize: 1000 }));
      const times = rows.filter((row) => row[key] !== null).map((row) => seconds(row[key]));
      expect(times).toEqual([...times].sort((a, b) => b - a));
      expect(times.length).toBeGreaterThan(100);
    }
  });
});
