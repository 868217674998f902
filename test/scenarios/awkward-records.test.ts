import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectMonthIsTruth, truthNow } from '../support/expect-truth.js';
import { openApiDocument } from '../support/openapi.js';
import { configFor, outputFolderOf, runPipeline, suiteFolder } from '../support/pipeline-run.js';
import { isEscaped, type Row, readFields, readRows } from '../support/published.js';
import { type SimulatorHandle, startSimulatorProcess, type Truth, type TruthAccount } from '../support/simulator.js';
import { type ApiRecord, instantText, listRecords } from '../support/simulator-records.js';
import { unitsOf, unitsOfPlain } from '../support/units.js';

/** One world with all that is awkward, pulled once; each test looks at one awkward thing, and first that it is there. */
const world = { seed: 70_003, accounts: 24, records: 9000, from: '2026-09-26', to: '2026-10-05' };
const folder = suiteFolder();
const monthFolder = (month: string): string => join(outputFolderOf(folder), month);

let simulator: SimulatorHandle;
let truth: Truth;
let requests: { method: string; url: string }[];

beforeAll(async () => {
  simulator = await startSimulatorProcess(world);
  const run = await runPipeline(configFor(simulator, folder, world));
  expect(run.exitCode).toBe(0);
  requests = (await simulator.stats(true)).log ?? [];
  truth = await simulator.truth();
});
afterAll(() => simulator.stop());

const accountCosts = async (month: string, account: string): Promise<Row[]> =>
  (await readRows(join(monthFolder(month), 'account_cost.csv'))).filter((row) => row.account_sid === account);

/** All that was charged for records, by month and currency; Twilio's prices are negative. */
function charged(rows: readonly ApiRecord[], timeField: string, month: string, currency: string): bigint {
  return rows
    .filter((row) => instantText(row[timeField]).startsWith(month) && row.price_unit === currency && row.price !== null)
    .reduce((sum, row) => sum - unitsOfPlain(String(row.price)), 0n);
}

const window = (name: string): string => `${name}%3E=${world.from}T00:00:00Z&${name}%3C=${world.to}T00:00:00Z`;
const callsOf = (account: string): Promise<ApiRecord[]> =>
  listRecords(simulator, account, 'Calls', window('StartTime'));
const messagesOf = (account: string): Promise<ApiRecord[]> =>
  listRecords(simulator, account, 'Messages', window('DateSent'));

/** The first account of which something holds: a world without it would prove nothing. */
async function accountWith(holds: (account: TruthAccount) => Promise<boolean>): Promise<string> {
  for (const account of truth.accounts) if (await holds(account)) return account.account_sid;
  throw new Error('the world has no such account: choose another seed');
}

describe(`awkward records, seed ${world.seed}`, () => {
  it('is the truth as a whole', async () => {
    const expected = await truthNow(simulator, world);
    for (const month of ['2026-09', '2026-10']) await expectMonthIsTruth(monthFolder(month), { ...expected, month });
  });

  it('bills active, suspended and closed subaccounts and the parent itself', async () => {
    const records = new Set(truth.days.map((day) => day.account_sid));
    for (const status of ['active', 'suspended', 'closed']) {
      const account = truth.accounts.find((one) => one.status === status && records.has(one.account_sid));
      const rows = await accountCosts('2026-09', account?.account_sid ?? '');
      expect(rows.map((row) => row.status)).toContain(status);
      expect(rows.some((row) => unitsOf(row.itemised_cost ?? '') > 0n)).toBe(true);
    }
    const [parent] = await accountCosts('2026-09', simulator.accountSid);
    expect(Number(parent?.calls_count)).toBeGreaterThan(0);
  });

  it('keeps the currencies of one page apart', async () => {
    const account = await accountWith(async ({ account_sid }) => {
      const units = new Set((await callsOf(account_sid)).map((row) => row.price_unit));
      return units.has('EUR') && units.has('USD');
    });
    const [calls, messages] = [await callsOf(account), await messagesOf(account)];
    expect(calls.length, 'one page holds them').toBeLessThanOrEqual(1000);
    for (const month of ['2026-09', '2026-10']) {
      for (const row of (await accountCosts(month, account)).filter(({ currency }) => currency !== '')) {
        const currency = row.currency ?? '';
        expect(unitsOf(row.calls_cost ?? '')).toBe(charged(calls, 'start_time', month, currency));
        expect(unitsOf(row.messages_cost ?? '')).toBe(charged(messages, 'date_sent', month, currency));
      }
    }
    const both = [...(await accountCosts('2026-09', account)), ...(await accountCosts('2026-10', account))];
    expect(new Set(both.map((row) => row.currency))).toEqual(new Set(['EUR', 'USD']));
  });

  it('adds up parent and child legs, each with its own price', async () => {
    const isPaidLeg = (row: ApiRecord): boolean => row.parent_call_sid !== null && Number(row.price) < 0;
    const account = await accountWith(async ({ account_sid }) => (await callsOf(account_sid)).some(isPaidLeg));
    const calls = await callsOf(account);
    const legs = calls.filter(isPaidLeg);
    const sids = new Set(calls.map((row) => row.sid));
    expect(legs.every((leg) => sids.has(leg.parent_call_sid))).toBe(true);
    const rows = [...(await accountCosts('2026-09', account)), ...(await accountCosts('2026-10', account))];
    expect(rows.reduce((sum, row) => sum + Number(row.calls_count), 0)).toBe(calls.length);
  });

  it('puts a call that runs across midnight and the month’s end on the day it started', async () => {
    const crosses = (row: ApiRecord): boolean =>
      typeof row.end_time === 'string' &&
      instantText(row.start_time).startsWith('2026-09-30') &&
      instantText(row.end_time).startsWith('2026-10-01');
    const account = await accountWith(async ({ account_sid }) => (await callsOf(account_sid)).some(crosses));
    const calls = await callsOf(account);
    const ofSeptember = calls.filter((row) => instantText(row.start_time) < '2026-10').length;
    const rows = await accountCosts('2026-09', account);
    expect(rows.reduce((sum, row) => sum + Number(row.calls_count), 0)).toBe(ofSeptember);
  });

  it('puts the first and the last second of a month into that month', async () => {
    const atSeconds = async (second: string): Promise<string> =>
      accountWith(async ({ account_sid }) =>
        (await messagesOf(account_sid)).some((row) => instantText(row.date_sent) === second),
      );
    for (const [second, month] of [
      ['2026-10-01T00:00:00Z', '2026-10'],
      ['2026-09-30T23:59:59Z', '2026-09'],
    ] as const) {
      const account = await atSeconds(second);
      const count = (await messagesOf(account)).filter((row) => instantText(row.date_sent).startsWith(month)).length;
      const rows = await accountCosts(month, account);
      expect(rows.reduce((sum, row) => sum + Number(row.messages_count), 0)).toBe(count);
    }
  });

  it('does not take messages that were never sent for unpriced ones', async () => {
    const never = truth.undated.filter((record) => record.service === 'messages').map((record) => record.sid);
    expect(never.length).toBeGreaterThan(5);
    const unpriced = (
      await Promise.all(['2026-09', '2026-10'].map((month) => readRows(join(monthFolder(month), 'unpriced.csv'))))
    ).flat();
    expect(unpriced.filter((row) => never.includes(row.sid ?? ''))).toEqual([]);
    const statuses = await readRows(join(monthFolder('2026-10'), 'completeness.csv'));
    const asked = statuses.filter((row) => (row.day ?? '') < world.to);
    expect(new Set(asked.map((row) => row.status))).toEqual(new Set(['complete', 'empty']));
  });

  it('takes a zero price for a price, and a positive one for money back', async () => {
    const kinds = new Set<string>();
    for (const { account_sid } of truth.accounts) {
      const prices = [...(await callsOf(account_sid)), ...(await messagesOf(account_sid))].map((row) => row.price);
      for (const price of prices) if (price !== null) kinds.add(/^-?0(\.0+)?$/.test(`${price}`) ? 'zero' : 'other');
      if (prices.some((price) => price !== null && Number(price) > 0)) kinds.add('refund');
    }
    expect(kinds).toEqual(new Set(['zero', 'other', 'refund']));
    // That each stands in the sums with its sign is told by `is the truth as a whole`: none of them is unpriced.
    const unpriced = await readRows(join(monthFolder('2026-09'), 'unpriced.csv'));
    const listed = truth.unpriced.filter((record) => record.day < '2026-10').length;
    expect(unpriced).toHaveLength(listed);
  });

  it('has WhatsApp and MMS among the messages, carrier fees and numbers in other_cost', async () => {
    const price = (category: string, account: string): bigint =>
      truth.usage
        .filter((usage) => usage.account_sid === account && usage.category === category && usage.day >= '2026-10')
        .reduce((sum, usage) => sum + unitsOf(usage.price), 0n);
    const account = await accountWith(async ({ account_sid: sid, currency, later_currency }) => {
      const every = ['mms', 'channels', 'sms-messages-carrierfees', 'mms-messages-carrierfees', 'phonenumbers'];
      return currency === later_currency && every.every((category) => price(category, sid) > 0n);
    });
    const [row] = (await accountCosts('2026-10', account)).filter(({ currency }) => currency !== '');
    const messages = price('sms', account) + price('mms', account) + price('channels', account);
    expect(unitsOf(row?.messages_cost ?? '')).toBe(messages);
    const calls = ['calls', 'calls-client', 'calls-sip', 'trunking-origination', 'trunking-termination'];
    const itemised = calls.reduce((sum, category) => sum + price(category, account), messages);
    expect(unitsOf(row?.other_cost ?? '')).toBe(price('totalprice', account) - itemised);
    expect(unitsOf(row?.total_cost ?? '')).toBe(price('totalprice', account));
  });

  it('carries nasty friendly names through CSV, and gives their statements safe file names', async () => {
    const path = join(monthFolder('2026-09'), 'completeness.csv');
    const names = new Map((await readRows(path)).map((row) => [row.account_sid, row.friendly_name]));
    for (const account of truth.accounts) expect(names.get(account.account_sid)).toBe(account.friendly_name);
    for (const nasty of ["=cmd|' /C calc'!A0", '+1 Mobile', '-1', '@handles', ' =1+1', 'Line\nBreak GmbH'])
      expect([...names.values()]).toContain(nasty);
    // As they stand in the file, none of them would run in a spreadsheet.
    const fields = (await readFields(path)).map(([, name = '']) => name);
    expect(fields.filter((name) => /^\s*[=+\-@]/.test(name))).toEqual([]);
    expect(new Set(fields.filter(isEscaped)).size).toBe(5);
  });

  it('asks nothing that Twilio’s OpenAPI document does not know', async () => {
    const document = await openApiDocument();
    expect(requests.length).toBeGreaterThan(75);
    const problems = requests.flatMap(({ method, url }) =>
      document.validateRequest(method, url).map((problem) => `${url}: ${problem}`),
    );
    expect(problems).toEqual([]);
    const asked = requests.map(({ url }) => new URL(url, simulator.baseUrl));
    const usage = asked.filter(({ pathname }) => pathname.includes('/Usage/'));
    const withSubaccounts = usage.filter((url) => url.searchParams.get('IncludeSubaccounts') === 'true');
    const alone = usage.filter((url) => url.searchParams.get('IncludeSubaccounts') === 'false');
    expect(withSubaccounts.length).toBeGreaterThan(0);
    expect(withSubaccounts.length + alone.length).toBe(usage.length);
    expect(withSubaccounts.filter(({ pathname }) => !pathname.includes(simulator.accountSid))).toEqual([]);
    expect(new Set(asked.map((url) => url.searchParams.get('PageSize')))).toEqual(new Set(['1000']));
  });
});
