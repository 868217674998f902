import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SimulatorHandle, startSimulatorHere, type Truth } from '../support/simulator.js';
import { Api, listPath, type Row, rowsOf } from './api.js';

let simulator: SimulatorHandle;
let api: Api;
let before: Truth;
beforeEach(async () => {
  simulator = await startSimulatorHere({ records: 2000, accounts: 2 });
  api = new Api(simulator);
  before = await simulator.truth();
});
afterEach(() => simulator.stop());

function counts(truth: Truth): number {
  return truth.days.reduce((sum, day) => sum + day.count, 0);
}

async function read(resource: string): Promise<Row[]> {
  return api.rows(listPath(api.accountSid, resource, { PageSize: 1000 }));
}

/** One call and one message that have a date and a price. */
async function some(): Promise<[Row, Row]> {
  const [call] = (await read('Calls')).filter((row) => row.price !== null && row.start_time !== null);
  const [message] = (await read('Messages')).filter((row) => row.price !== null && row.date_sent !== null);
  if (call === undefined || message === undefined) throw new Error('the main account has no traffic');
  return [call, message];
}

describe('changes made by a test', () => {
  it('delete records from the lists and the truth, and leave them in usage', async () => {
    const [call, message] = await some();
    await simulator.changeRecords([
      { sid: String(call.sid), deleted: true },
      { sid: String(message.sid), deleted: true },
    ]);
    expect((await read('Calls')).some((row) => row.sid === call.sid)).toBe(false);
    expect((await read('Messages')).some((row) => row.sid === message.sid)).toBe(false);
    expect((await api.get(String(call.uri))).status).toBe(404);
    const after = await simulator.truth();
    expect(counts(after)).toBe(counts(before) - 2);
    expect(after.usage).toEqual(before.usage);
  });

  it('set a price, take it away, make it a refund', async () => {
    const [call, message] = await some();
    await simulator.changeRecords([
      { sid: String(call.sid), price: null },
      { sid: String(message.sid), price: '12.5' },
    ]);
    expect((await read('Calls')).find((row) => row.sid === call.sid)?.price).toBeNull();
    expect(Number((await read('Messages')).find((row) => row.sid === message.sid)?.price)).toBe(12.5);
    const after = await simulator.truth();
    expect(after.unpriced.length).toBe(before.unpriced.length + 1);
    expect(after.usage).not.toEqual(before.usage);
    await expect(simulator.changeRecords([{ sid: String(call.sid), price: '1e-3' }])).rejects.toThrow(/decimal/);
    await expect(simulator.changeRecords([{ sid: 'CA00' }])).rejects.toThrow(/no such record/);
  });

  it('suspend, rename and delete accounts', async () => {
    const [, one, two] = before.accounts;
    const [sid = '', other = ''] = [one?.account_sid, two?.account_sid];
    await simulator.changeAccounts([
      { sid, status: 'suspended', friendly_name: 'Renamed' },
      { sid: other, deleted: true },
    ]);
    const accounts = await api.rows('/2010-04-01/Accounts.json');
    expect(accounts.find((account) => account.sid === sid)).toMatchObject({
      status: 'suspended',
      friendly_name: 'Renamed',
    });
    expect(accounts.some((account) => account.sid === other)).toBe(false);
    expect((await api.get(listPath(other, 'Calls'))).status).toBe(404);
    await expect(simulator.changeAccounts([{ sid: api.accountSid, status: 'closed' }])).rejects.toThrow(/subaccount/);
  });

  it('happen between two pages, on cue', async () => {
    const path = listPath(api.accountSid, 'Calls', { PageSize: 10 });
    const pages = await api.pages(path);
    const [gone] = rowsOf(pages[1] as Row);
    await simulator.setFaults([
      { match: { path: 'Page=1&' }, action: { set_records: [{ sid: String(gone?.sid), deleted: true }] } },
    ]);
    const rows = (await api.pages(path)).flatMap(rowsOf);
    expect(rows.map((row) => row.sid)).toEqual(
      pages
        .flatMap(rowsOf)
        .map((row) => row.sid)
        .filter((sid) => sid !== gone?.sid),
    );
  });
});
