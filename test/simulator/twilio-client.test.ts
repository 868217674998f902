import twilio, { type RequestClient, type Twilio } from 'twilio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SimulatorHandle, startSimulatorHere, type Truth } from '../support/simulator.js';
import { units } from './api.js';

/** The client has no option for another address, so its HTTP client is given one that goes to the simulator. */
function clientFor(simulator: SimulatorHandle): Twilio {
  const httpClient = {
    async request(options: { method: string; uri: string; username?: string; password?: string; params?: object }) {
      const url = new URL(options.uri.replace('https://api.twilio.com', simulator.baseUrl));
      for (const [name, value] of Object.entries(options.params ?? {})) url.searchParams.append(name, String(value));
      const authorization = `Basic ${Buffer.from(`${options.username}:${options.password}`).toString('base64')}`;
      const response = await fetch(url, { method: options.method, headers: { authorization } });
      return { statusCode: response.status, body: await response.text(), headers: {} };
    },
  };
  return twilio(simulator.accountSid, simulator.authToken, { httpClient: httpClient as unknown as RequestClient });
}

let simulator: SimulatorHandle;
let client: Twilio;
let truth: Truth;

beforeAll(async () => {
  simulator = await startSimulatorHere({ seed: 11, accounts: 12, records: 9000 });
  client = clientFor(simulator);
  truth = await simulator.truth();
});
afterAll(() => simulator.stop());

interface Sums {
  count: number;
  unpriced: number;
  cost: Record<string, bigint>;
}

function sumsOf(rows: { price: string | null; priceUnit: string | null }[]): Sums {
  const sums: Sums = { count: rows.length, unpriced: 0, cost: {} };
  for (const { price, priceUnit } of rows) {
    if (price === null) sums.unpriced++;
    else sums.cost[String(priceUnit)] = (sums.cost[String(priceUnit)] ?? 0n) - units(price);
  }
  return sums;
}

function truthOf(sid: string, service: string, from: string, to: string): Sums {
  const sums: Sums = { count: 0, unpriced: 0, cost: {} };
  for (const day of truth.days) {
    if (day.account_sid !== sid || day.service !== service || day.day < from || day.day >= to) continue;
    sums.count += day.count;
    sums.unpriced += day.unpriced;
    if (day.currency === null || day.count === day.unpriced) continue;
    sums.cost[day.currency] = (sums.cost[day.currency] ?? 0n) + units(day.cost);
  }
  return sums;
}

describe("Twilio's own client", () => {
  it('walks the accounts', async () => {
    const accounts = await client.api.v2010.accounts.list({ pageSize: 5 });
    expect(accounts.map((account) => account.sid).sort()).toEqual(truth.accounts.map((one) => one.account_sid).sort());
    for (const account of accounts) {
      const known = truth.accounts.find((one) => one.account_sid === account.sid);
      expect(account.friendlyName).toBe(known?.friendly_name);
      expect(account.status).toBe(known?.status);
    }
    const [twins] = [await client.api.v2010.accounts.list({ friendlyName: 'Acme, Inc.' })];
    expect(twins.map((account) => account.friendlyName)).toEqual(['Acme, Inc.']);
  });

  it('walks calls and messages, and gets what the truth says', async () => {
    for (const { account_sid: sid } of truth.accounts) {
      const startTimeAfter = new Date('2026-09-10T00:00:00Z');
      const startTimeBefore = new Date('2026-10-05T00:00:00Z');
      const account = client.api.v2010.accounts(sid);
      const calls = await account.calls.list({ startTimeAfter, startTimeBefore, pageSize: 73 });
      expect(sumsOf(calls)).toEqual(truthOf(sid, 'calls', '2026-09-10', '2026-10-05'));
      const messages = await account.messages.list({
        dateSentAfter: startTimeAfter,
        dateSentBefore: startTimeBefore,
        pageSize: 1000,
      });
      expect(sumsOf(messages)).toEqual(truthOf(sid, 'messages', '2026-09-10', '2026-10-05'));
    }
  });

  it('walks the usage of every day, and gets what the truth says', async () => {
    for (const { account_sid: sid } of truth.accounts.slice(0, 6)) {
      const rows = await client.api.v2010.accounts(sid).usage.records.daily.list({
        startDate: new Date('2026-09-01T00:00:00Z'),
        endDate: new Date('2026-10-31T00:00:00Z'),
        includeSubaccounts: false,
        pageSize: 500,
      });
      const found = rows
        .map((row) => ({
          day: row.startDate.toISOString().slice(0, 10),
          category: String(row.category),
          price: units(String(row.price)),
          currency: row.priceUnit.toUpperCase(),
          count: row.count === null ? null : Number(row.count),
        }))
        .filter((row) => row.price !== 0n || (row.count ?? 0) > 0);
      const wanted = truth.usage
        .filter((row) => row.account_sid === sid)
        .filter((row) => units(row.price) !== 0n || row.category !== 'totalprice')
        .map(({ day, category, price, currency, count }) => {
          return { day, category, price: units(price), currency, count: category === 'totalprice' ? null : count };
        });
      const key = (row: { day: string; category: string }): string => `${row.day} ${row.category}`;
      const sorted = <T extends { day: string; category: string }>(list: T[]): T[] =>
        [...list].sort((a, b) => key(a).localeCompare(key(b)));
      expect(sorted(found)).toEqual(sorted(wanted));
    }
  });

  it('reports a refusal as it reports those of Twilio', async () => {
    const [sub] = truth.accounts.slice(1);
    const wrong = clientFor({ ...simulator, authToken: 'wrong' });
    await expect(wrong.api.v2010.accounts.list()).rejects.toMatchObject({ status: 401, code: 20003 });
    const none = client.api.v2010.accounts('AC00000000000000000000000000000000');
    await expect(none.fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
    expect((await client.api.v2010.accounts(String(sub?.account_sid)).fetch()).sid).toBe(sub?.account_sid);
  });
});
