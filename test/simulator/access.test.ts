import { afterEach, describe, expect, it } from 'vitest';
import { basicAuth, type SimulatorHandle, startSimulatorHere } from '../support/simulator.js';
import { Api, listPath } from './api.js';

let simulator: SimulatorHandle;
afterEach(() => simulator.stop());

const LISTS = ['Calls', 'Messages', 'Usage/Records', 'Usage/Records/Daily'];

async function statuses(api: Api, sid: string): Promise<unknown[]> {
  const found: unknown[] = [];
  const paths = [`/2010-04-01/Accounts/${sid}.json`, ...LISTS.map((list) => listPath(sid, list, { PageSize: 1 }))];
  for (const path of paths) {
    const { status, json } = await api.get(path);
    found.push(status === 200 ? 200 : json.code);
  }
  return [...new Set(found)];
}

describe('who may read what', () => {
  it('the main account reads all, a subaccount itself, a main key only the main account', async () => {
    simulator = await startSimulatorHere({ records: 500, accounts: 9 });
    const { accounts } = await simulator.truth();
    const [parent, ...subs] = accounts;
    const active = subs.filter((account) => account.status === 'active');
    const [one, two] = active;
    if (parent === undefined || one === undefined || two === undefined) throw new Error('too few accounts');
    const main = new Api(simulator);
    for (const account of accounts) expect(await statuses(main, account.account_sid)).toEqual([200]);
    const sub = new Api(simulator, one.account_sid, one.auth_token);
    expect(await statuses(sub, one.account_sid)).toEqual([200]);
    expect(await statuses(sub, two.account_sid)).toEqual([20003]);
    expect(await statuses(sub, parent.account_sid)).toEqual([20003]);
    expect(await sub.rows('/2010-04-01/Accounts.json')).toHaveLength(1);
    const key = new Api(simulator, simulator.apiKey, simulator.apiSecret);
    expect(await statuses(key, parent.account_sid)).toEqual([200]);
    expect(await statuses(key, one.account_sid)).toEqual([20003]);
    expect(await key.rows('/2010-04-01/Accounts.json?PageSize=1000')).toHaveLength(accounts.length);
  });

  it('the own credentials of a suspended or closed account are refused; the main account still reads it', async () => {
    simulator = await startSimulatorHere({ records: 500 });
    const { accounts } = await simulator.truth();
    for (const status of ['suspended', 'closed']) {
      const account = accounts.find((one) => one.status === status);
      if (account === undefined) throw new Error(`no ${status} account`);
      const own = new Api(simulator, account.account_sid, account.auth_token);
      const reply = await own.get(listPath(account.account_sid, 'Calls'));
      expect([reply.status, reply.json.code]).toEqual([403, 20403]);
      expect((await new Api(simulator).get(listPath(account.account_sid, 'Calls'))).status).toBe(200);
    }
  });

  it('the list may leave the parent out, which is there all the same', async () => {
    simulator = await startSimulatorHere({ records: 100, accounts: 4, listsParent: false });
    const api = new Api(simulator);
    expect(await api.rows('/2010-04-01/Accounts.json')).toHaveLength(4);
    expect((await api.get(`/2010-04-01/Accounts/${api.accountSid}.json`)).status).toBe(200);
  });

  it('nobody gets in without the right secret', async () => {
    simulator = await startSimulatorHere({ records: 500 });
    const path = `${simulator.baseUrl}/2010-04-01/Accounts.json`;
    const wrong = [
      {},
      { authorization: 'Bearer x' },
      basicAuth(simulator.accountSid, 'wrong'),
      basicAuth(simulator.accountSid, ''),
      basicAuth(simulator.apiKey, simulator.authToken),
      basicAuth('AC00000000000000000000000000000000', simulator.authToken),
    ];
    for (const headers of wrong) {
      const response = await fetch(path, { headers });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Basic realm="Twilio API"');
      expect(await response.json()).toMatchObject({ code: 20003, status: 401 });
    }
    const posted = await fetch(path, { method: 'POST', headers: basicAuth(simulator.accountSid, simulator.authToken) });
    expect([posted.status, await posted.json()]).toMatchObject([405, { code: 20004 }]);
  });
});

describe('how much at once', () => {
  it('answers 429 beyond the ceiling, and says how many are in flight', async () => {
    simulator = await startSimulatorHere({ records: 500, concurrencyLimit: 3, latencyMs: 600, retryAfterSeconds: 2 });
    const api = new Api(simulator);
    const path = listPath(api.accountSid, 'Calls', { PageSize: 1 });
    const replies = await Promise.all(Array.from({ length: 8 }, () => api.get(path)));
    const refused = replies.filter((reply) => reply.status === 429);
    expect(refused).toHaveLength(5);
    for (const reply of refused) {
      expect(reply.json.code).toBe(20429);
      expect(reply.headers.get('retry-after')).toBe('2');
    }
    for (const reply of replies) expect(Number(reply.headers.get('twilio-concurrent-requests'))).toBeGreaterThan(0);
    const stats = await simulator.stats(true);
    expect(stats).toMatchObject({ requests: 8, by_status: { 200: 3, 429: 5 }, in_flight: 0 });
    expect(stats.in_flight_max).toBeGreaterThan(3);
    expect(stats.log).toHaveLength(8);
    expect(stats.log?.[0]).toMatchObject({ method: 'GET', url: path });
    await simulator.resetStats();
    expect(await simulator.stats()).toMatchObject({ requests: 0, by_status: {}, in_flight_max: 0 });
  });

  it('has no ceiling where it is zero, and takes its time', async () => {
    simulator = await startSimulatorHere({ records: 500, concurrencyLimit: 0, latencyMs: 120 });
    const api = new Api(simulator);
    const start = performance.now();
    const path = listPath(api.accountSid, 'Calls', { PageSize: 1 });
    const replies = await Promise.all(Array.from({ length: 150 }, () => api.get(path)));
    expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([200]));
    expect(performance.now() - start).toBeGreaterThan(115);
  });
});
