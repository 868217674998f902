import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SimulatorHandle, startSimulatorHere, type Truth } from '../support/simulator.js';
import { Api, listPath, type Row, rowsOf, seconds, uncheckedApi } from './api.js';

let simulator: SimulatorHandle;
let api: Api;
let truth: Truth;
let calls: Row[];
let messages: Row[];

beforeAll(async () => {
  simulator = await startSimulatorHere({ seed: 5, accounts: 5, records: 3000, from: '2026-09-28', to: '2026-10-03' });
  api = new Api(simulator);
  const unchecked = uncheckedApi(simulator);
  truth = await simulator.truth();
  calls = await unchecked.rows(listPath(busiest(), 'Calls', { PageSize: 1000 }));
  messages = await unchecked.rows(listPath(busiest(), 'Messages', { PageSize: 1000 }));
});
afterAll(() => simulator.stop());

/** The account with most calls. */
function busiest(): string {
  const counts = new Map<string, number>();
  for (const day of truth.days) counts.set(day.account_sid, (counts.get(day.account_sid) ?? 0) + day.count);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}

function sids(rows: Row[]): unknown[] {
  return rows.map((row) => row.sid);
}

describe('pages', () => {
  it('neither lose nor double a row, whatever their size', async () => {
    for (const [resource, all] of [
      ['Calls', calls],
      ['Messages', messages],
    ] as const) {
      expect(new Set(sids(all)).size).toBe(all.length);
      for (const size of [1, 2, 49, 50, 999, all.length - 1, all.length, all.length + 1]) {
        const path = listPath(busiest(), resource, { PageSize: Math.min(size, 1000) });
        const wanted = size < 3 ? sids(all).slice(0, 40) : sids(all);
        const found = size < 3 ? await firstRows(path, 40) : await uncheckedApi(simulator).rows(path);
        expect({ size, sids: sids(found) }).toEqual({ size, sids: wanted });
      }
    }
  });

  it('say where they are', async () => {
    const pages = await api.pages(listPath(busiest(), 'Calls', { PageSize: 100, 'StartTime>': '2026-09-29' }));
    for (const [number, page] of pages.entries()) {
      const rows = rowsOf(page);
      expect(page).toMatchObject({ page: number, page_size: 100, start: number * 100 });
      expect(page.end).toBe(number * 100 + rows.length - 1);
      expect(page.first_page_uri).toBe(
        `/2010-04-01/Accounts/${busiest()}/Calls.json?StartTime%3E=2026-09-29&PageSize=100&Page=0`,
      );
      if (number > 0) expect(page.uri).toBe(pages[number - 1]?.next_page_uri);
      expect(page.next_page_uri === null).toBe(number === pages.length - 1);
      expect(page.previous_page_uri === null).toBe(number === 0);
    }
    expect(pages[1]?.next_page_uri).toContain(`&Page=2&PageToken=PA${rowsOf(pages[1] as Row).at(-1)?.sid}`);
  });

  it('lead back as well as on', async () => {
    for (const path of [listPath(busiest(), 'Calls', { PageSize: 40 }), '/2010-04-01/Accounts.json?PageSize=2']) {
      const pages = await api.pages(path);
      for (let at = pages.length - 1; at > 0; at--) {
        const back = await api.get(String(pages[at]?.previous_page_uri));
        expect(sids(rowsOf(back.json))).toEqual(sids(rowsOf(pages[at - 1] as Row)));
      }
    }
  });

  it('of an empty list say start 0 and end 0', async () => {
    const { json } = await api.get(listPath(busiest(), 'Calls', { 'StartTime>': '2030-01-01' }));
    expect(json).toMatchObject({ start: 0, end: 0, page: 0, page_size: 50, next_page_uri: null, calls: [] });
  });

  it('have fifty rows by default and a thousand at most', async () => {
    const byDefault = await api.get(listPath(busiest(), 'Calls'));
    expect(rowsOf(byDefault.json)).toHaveLength(50);
    const beyond = await api.get(listPath(busiest(), 'Calls', { PageSize: 5000 }));
    expect(beyond.json.page_size).toBe(1000);
  });

  it('can be kept small, whatever is asked for, and hold the same rows', async () => {
    const world = { seed: 5, accounts: 5, records: 3000, from: '2026-09-28', to: '2026-10-03' };
    const small = await startSimulatorHere({ ...world, pageRowsMax: 7 });
    try {
      const smallApi = new Api(small);
      const day = { StartDate: '2026-10-01', EndDate: '2026-10-01', PageSize: 1000 };
      for (const path of [
        listPath(busiest(), 'Calls', { 'StartTime>': '2026-10-01', PageSize: 1000 }),
        listPath(busiest(), 'Messages', { 'DateSent>': '2026-10-01', PageSize: 1000 }),
        listPath(busiest(), 'Usage/Records/Daily', day),
        '/2010-04-01/Accounts.json',
      ]) {
        const pages = await smallApi.pages(path);
        const rows = pages.flatMap(rowsOf);
        for (const [number, page] of pages.entries()) {
          expect(page).toMatchObject({ page: number, page_size: 7 });
          expect(rowsOf(page).length, `page ${number} of ${path}`).toBe(Math.min(7, rows.length - 7 * number));
        }
        expect(rows).toEqual(await api.rows(path));
      }
    } finally {
      await small.stop();
    }
  });

  it('of usage are found by position', async () => {
    const query = { PageSize: 7, StartDate: '2026-10-01', EndDate: '2026-10-02', IncludeSubaccounts: 'false' };
    const whole = await api.rows(listPath(busiest(), 'Usage/Records/Daily', { ...query, PageSize: 1000 }));
    const pages = await api.pages(listPath(busiest(), 'Usage/Records/Daily', query));
    expect(pages.flatMap(rowsOf)).toEqual(whole);
    expect(pages[0]?.next_page_uri).toContain('&Page=1&PageToken=APNw%3D%3D');
  });

  it('refuse the tokens of another list', async () => {
    const token = `PA${messages[0]?.sid}`;
    expect((await api.get(listPath(busiest(), 'Calls', { Page: 1, PageToken: token }))).status).toBe(400);
    const other = `PA${calls[0]?.sid}`;
    expect((await api.get(listPath(api.accountSid, 'Calls', { Page: 1, PageToken: other }))).status).toBe(400);
  });
});

async function firstRows(path: string, count: number): Promise<Row[]> {
  const found: Row[] = [];
  for (let next: unknown = path; found.length < count && next !== null; ) {
    const { json } = await api.get(String(next));
    found.push(...rowsOf(json));
    next = json.next_page_uri;
  }
  return found.slice(0, count);
}

describe('filters by time', () => {
  const instants = fc.integer({ min: Date.UTC(2026, 8, 27) / 1000, max: Date.UTC(2026, 9, 4) / 1000 });
  const iso = (instant: number): string => `${new Date(instant * 1000).toISOString().slice(0, 19)}Z`;

  it('give what a search by hand gives', async () => {
    await fc.assert(
      fc.asyncProperty(instants, instants, fc.constantFrom('Calls', 'Messages'), async (a, b, resource) => {
        const [all, field, name] =
          resource === 'Calls' ? [calls, 'start_time', 'StartTime'] : [messages, 'date_sent', 'DateSent'];
        const query = { [`${name}>`]: iso(a), [`${name}<`]: iso(b), PageSize: 1000 };
        const wanted = all.filter((row) => row[field] !== null && seconds(row[field]) >= a && seconds(row[field]) < b);
        expect(sids(await api.rows(listPath(busiest(), resource, query)))).toEqual(sids(wanted));
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it('by the end of a call, too', async () => {
    await fc.assert(
      fc.asyncProperty(instants, instants, async (a, b) => {
        const query = { 'EndTime>': iso(a), 'EndTime<': iso(b), PageSize: 1000 };
        const wanted = calls.filter(
          (row) => row.end_time !== null && seconds(row.end_time) >= a && seconds(row.end_time) < b,
        );
        expect(sids(await api.rows(listPath(busiest(), 'Calls', query)))).toEqual(sids(wanted));
      }),
      { numRuns: 20, seed: 2 },
    );
  });

  it('take a bare day for its midnight, and StartTime alone for the whole day', async () => {
    const day = await api.rows(listPath(busiest(), 'Calls', { StartTime: '2026-10-01', PageSize: 1000 }));
    const window = { 'StartTime>': '2026-10-01', 'StartTime<': '2026-10-02', PageSize: 1000 };
    expect(sids(day)).toEqual(sids(await api.rows(listPath(busiest(), 'Calls', window))));
    expect(day.length).toBeGreaterThan(20);
    expect(seconds(day.at(-1)?.start_time)).toBe(Date.UTC(2026, 9, 1) / 1000);
    const empty = { 'StartTime>': '2026-10-01', 'StartTime<': '2026-10-01' };
    expect(await api.rows(listPath(busiest(), 'Calls', empty))).toEqual([]);
  });

  it('understand every form of date in the examples of the document', async () => {
    for (const form of ['06/11/2019 22:05:25 MST', '2019-06-11 22:05:25.000', 'Wed, 19 Jun 2019 22:04:00 -0000']) {
      expect((await api.get(listPath(busiest(), 'Messages', { 'DateSent<': form }))).json.messages).toEqual([]);
    }
    const { json } = await api.get(listPath(busiest(), 'Messages', { 'DateSent>': '06/11/2019 22:05:25 MST' }));
    expect(json.uri).toContain('?DateSent%3E=06%2F11%2F2019+22%3A05%3A25+MST&PageSize=50&Page=0');
    expect(rowsOf(json)).toHaveLength(50);
  });

  it('let the row on the upper bound in where that is wanted', async () => {
    const other = await startSimulatorHere({
      seed: 5,
      accounts: 5,
      records: 3000,
      from: '2026-09-28',
      to: '2026-10-03',
      upperBound: 'inclusive',
    });
    const query = { 'StartTime>': '2026-09-30', 'StartTime<': '2026-10-01', PageSize: 1000 };
    const found = await new Api(other).rows(listPath(busiest(), 'Calls', query));
    await other.stop();
    const without = await api.rows(listPath(busiest(), 'Calls', query));
    expect(found.length).toBeGreaterThan(without.length);
    expect(new Set(found.slice(0, found.length - without.length).map((row) => row.start_time))).toEqual(
      new Set(['Thu, 01 Oct 2026 00:00:00 +0000']),
    );
  });
});

describe('other filters', () => {
  it('give what a search by hand gives', async () => {
    const some = calls.find((call) => call.status === 'busy');
    for (const [name, field] of [
      ['To', 'to'],
      ['From', 'from'],
      ['Status', 'status'],
    ] as const) {
      const wanted = calls.filter((call) => call[field] === some?.[field]);
      const found = await api.rows(listPath(busiest(), 'Calls', { [name]: String(some?.[field]), PageSize: 1000 }));
      expect(sids(found)).toEqual(sids(wanted));
    }
    const inbound = messages.find((message) => message.direction === 'inbound');
    const wanted = messages.filter((message) => message.to === inbound?.to);
    const found = await api.rows(listPath(busiest(), 'Messages', { To: String(inbound?.to), PageSize: 1000 }));
    expect(sids(found)).toEqual(sids(wanted));
  });

  it('find the legs of a call', async () => {
    const parents = new Set<unknown>(calls.map((call) => call.parent_call_sid).filter((sid) => sid !== null));
    expect(parents.size).toBeGreaterThan(20);
    for (const parent of [...parents].slice(0, 20)) {
      const found = await api.rows(listPath(busiest(), 'Calls', { ParentCallSid: String(parent) }));
      expect(sids(found)).toEqual(sids(calls.filter((call) => call.parent_call_sid === parent)));
    }
    const [childless] = calls.filter((call) => !parents.has(call.sid));
    expect(await api.rows(listPath(busiest(), 'Calls', { ParentCallSid: String(childless?.sid) }))).toEqual([]);
  });

  it('of accounts are exact', async () => {
    for (const { friendly_name: name } of truth.accounts) {
      const found = await api.rows(`/2010-04-01/Accounts.json?FriendlyName=${encodeURIComponent(name)}`);
      expect(found.map((account) => account.friendly_name)).toContain(name);
      expect(new Set(found.map((account) => account.friendly_name)).size).toBe(1);
    }
    const suspended = await api.rows('/2010-04-01/Accounts.json?Status=suspended');
    const wanted = truth.accounts.filter((account) => account.status === 'suspended');
    expect(sids(suspended).sort()).toEqual(wanted.map((account) => account.account_sid).sort());
  });

  it('that nobody knows are ignored and not echoed', async () => {
    const { json } = await api.get(
      listPath(busiest(), 'Calls', { 'StartTime>=': '2030-01-01', Nonsense: 'x', PageSize: 5 }),
    );
    expect(rowsOf(json)).toHaveLength(5);
    expect(json.uri).toBe(`/2010-04-01/Accounts/${busiest()}/Calls.json?PageSize=5&Page=0`);
  });
});
