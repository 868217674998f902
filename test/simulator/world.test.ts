import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALL_STATUSES } from '../../src/simulator/calls.js';
import { MESSAGE_STATUSES } from '../../src/simulator/messages.js';
import { type SimulatorHandle, startSimulatorHere, type Truth } from '../support/simulator.js';
import { listPath, type Row, seconds, uncheckedApi, units } from './api.js';

let simulator: SimulatorHandle;
let truth: Truth;
let accounts: Row[];
const calls: Row[] = [];
const messages: Row[] = [];

/** The default world, a fifth of its size. */
beforeAll(async () => {
  simulator = await startSimulatorHere({ records: 40_000 });
  truth = await simulator.truth();
  const api = uncheckedApi(simulator);
  accounts = await api.rows('/2010-04-01/Accounts.json?PageSize=1000');
  for (const { sid } of accounts) {
    calls.push(...(await api.rows(listPath(String(sid), 'Calls', { PageSize: 1000 }))));
    messages.push(...(await api.rows(listPath(String(sid), 'Messages', { PageSize: 1000 }))));
  }
});
afterAll(() => simulator.stop());

function valuesOf(rows: Row[], field: string): Set<unknown> {
  return new Set(rows.map((row) => row[field]));
}

function day(rfc2822: unknown): string {
  return new Date(seconds(rfc2822) * 1000).toISOString().slice(0, 10);
}

describe('accounts', () => {
  it('are active, suspended and closed, and the parent is one of them', () => {
    expect(valuesOf(accounts, 'status')).toEqual(new Set(['active', 'suspended', 'closed']));
    const parent = accounts.find((account) => account.sid === simulator.accountSid);
    expect(parent?.owner_account_sid).toBe(parent?.sid);
    expect(calls.some((call) => call.account_sid === parent?.sid)).toBe(true);
    expect(valuesOf(accounts, 'owner_account_sid').size).toBe(1);
  });

  it('hold a secret each, which is the one that signs in', () => {
    for (const account of accounts) expect(account.auth_token).toMatch(/^[0-9a-f]{32}$/);
    expect(valuesOf(accounts, 'auth_token').size).toBe(accounts.length);
  });

  it('have names that break programs', () => {
    const names = accounts.map((account) => String(account.friendly_name));
    for (const part of [',', '"', '\n', '\r\n', '=cmd|', '+1', '@', '</script>', 'DROP TABLE', '../../', '📞', '\t']) {
      expect(names.some((name) => name.includes(part))).toBe(true);
    }
    expect(names.every((name) => name.length <= 64)).toBe(true);
    expect(names.filter((name) => name === 'Twins Ltd')).toHaveLength(2);
    expect(names).toContain('twins ltd');
    expect(names.some((name) => name.startsWith(' ')) && names.some((name) => name.endsWith(' '))).toBe(true);
  });

  it('are large, small, tiny and empty', () => {
    const counts = accounts.map((account) => {
      return [...calls, ...messages].filter((row) => row.account_sid === account.sid).length;
    });
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(40_000);
    expect(Math.max(...counts)).toBeGreaterThan(5000);
    expect(counts.filter((count) => count === 0).length).toBeGreaterThanOrEqual(3);
    expect(counts.filter((count) => count > 0 && count < 4).length).toBeGreaterThanOrEqual(3);
  });

  it('stop having traffic when they are suspended or closed', () => {
    const ended = truth.accounts.filter((account) => account.ended_at !== null);
    for (const account of ended) {
      const own = calls.filter((call) => call.account_sid === account.account_sid && call.start_time !== null);
      for (const call of own)
        expect(seconds(call.start_time)).toBeLessThan(Date.parse(String(account.ended_at)) / 1000);
    }
    expect(ended.some((account) => calls.some((call) => call.account_sid === account.account_sid))).toBe(true);
  });
});

describe('calls', () => {
  it('are of every status and direction, with every kind of length', () => {
    expect(valuesOf(calls, 'status')).toEqual(new Set(CALL_STATUSES));
    expect(valuesOf(calls, 'direction')).toEqual(
      new Set(['inbound', 'outbound-api', 'outbound-dial', 'trunking-terminating', 'trunking-originating']),
    );
    const durations = valuesOf(calls, 'duration');
    for (const odd of [null, '', '0']) expect(durations).toContain(odd);
  });

  it('have legs, inbound and dialled', () => {
    const legs = calls.filter((call) => call.parent_call_sid !== null);
    expect(valuesOf(legs, 'direction')).toEqual(new Set(['inbound', 'outbound-dial']));
  });

  it('run across midnight and the end of a month, and start on both sides of it', () => {
    const across = calls.filter(
      (call) => call.end_time !== null && day(call.end_time) > day(call.start_time ?? call.end_time),
    );
    expect(across.length).toBeGreaterThan(20);
    expect(across.some((call) => day(call.start_time) === '2026-09-30')).toBe(true);
    const starts = valuesOf(calls, 'start_time');
    expect(starts).toContain('Thu, 01 Oct 2026 00:00:00 +0000');
    expect(starts).toContain('Wed, 30 Sep 2026 23:59:59 +0000');
  });

  it('share a second in bursts', () => {
    const counts = new Map<string, number>();
    for (const call of calls) {
      const key = `${call.account_sid} ${call.start_time}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(Math.max(...counts.values())).toBeGreaterThan(10);
  });

  it('go to and come from numbers, clients and SIP addresses', () => {
    for (const field of ['to', 'from']) {
      for (const start of ['+1', '+44', 'client:', 'sip:']) {
        expect(calls.some((call) => String(call[field]).startsWith(start))).toBe(true);
      }
    }
  });

  it('may lack a start, which the truth gives apart', () => {
    const unstarted = calls.filter((call) => call.start_time === null).map((call) => call.sid);
    const undated = truth.undated.filter((record) => record.service === 'calls').map((record) => record.sid);
    expect([...unstarted].sort()).toEqual([...undated].sort());
    expect(unstarted.length).toBeGreaterThan(20);
  });
});

describe('messages', () => {
  it('are of every status and direction, with and without media', () => {
    expect(valuesOf(messages, 'status')).toEqual(new Set(MESSAGE_STATUSES));
    expect(valuesOf(messages, 'direction').size).toBe(4);
    for (const message of messages) expect(String(message.sid).startsWith('MM')).toBe(message.num_media !== '0');
    expect(Math.max(...messages.map((message) => Number(message.num_segments)))).toBe(10);
  });

  it('go over WhatsApp and short codes, too', () => {
    expect(messages.some((message) => String(message.to).startsWith('whatsapp:+'))).toBe(true);
    expect(messages.some((message) => /^\d{5}$/.test(String(message.from)))).toBe(true);
  });

  it('carry a canary in every body', () => {
    for (const message of messages) expect(message.body).toMatch(/^CANARY-BODY-[0-9a-f]{8}-\d+ /);
  });

  it('cost a tenth of a cent where they failed', () => {
    const failed = messages.filter((message) => message.status === 'failed' && message.price_unit === 'USD');
    expect(failed.some((message) => units(String(message.price)) <= -60_000n)).toBe(true);
  });

  it('may lack a date, which the truth gives apart', () => {
    const unsent = messages.filter((message) => message.date_sent === null).map((message) => message.sid);
    const undated = truth.undated.filter((record) => record.service === 'messages').map((record) => record.sid);
    expect([...unsent].sort()).toEqual([...undated].sort());
    expect(unsent.length).toBeGreaterThan(20);
  });
});

describe('prices', () => {
  const rows = (): Row[] => [...calls, ...messages];

  it('are in several currencies, and one page may hold two', () => {
    expect(valuesOf(calls, 'price_unit').size).toBeGreaterThanOrEqual(4);
    const [changing] = truth.accounts.filter((account) => account.currency_changes_at !== null);
    const own = calls.filter((call) => call.account_sid === changing?.account_sid);
    const at = own.findIndex((call) => call.price_unit !== own[0]?.price_unit);
    expect(at).toBeGreaterThan(0);
    expect(valuesOf(own.slice(0, 1000 * Math.ceil(at / 1000)), 'price_unit').size).toBe(2);
  });

  it('have from none to eight decimals', () => {
    const decimals = new Set(rows().map((row) => String(row.price ?? '').split('.')[1]?.length ?? 0));
    expect(Math.max(...decimals)).toBe(8);
    expect(decimals.size).toBeGreaterThanOrEqual(5);
    expect(valuesOf(rows(), 'price')).toContain('0');
  });

  it('are set for nearly all, refunds for a few, and never for some', () => {
    const priced = rows().filter((row) => row.price !== null);
    expect(priced.some((row) => units(String(row.price)) > 0n)).toBe(true);
    const unpriced = rows().length - priced.length;
    expect(unpriced).toBeGreaterThan(50);
    expect(unpriced).toBeLessThan(rows().length / 50);
  });

  it('that are missing are listed in the truth', () => {
    const missing = rows().filter((row) => row.price === null && row.start_time !== null && row.date_sent !== null);
    expect(missing.map((row) => row.sid).sort()).toEqual(truth.unpriced.map((record) => record.sid).sort());
  });

  it('come with the clock, and some change after they came', async () => {
    const small = { records: 4000, accounts: 2, from: '2026-09-01', to: '2026-09-03' };
    const other = await startSimulatorHere({ ...small, now: '2026-09-03T00:30:00Z' });
    const api = uncheckedApi(other);
    const read = async (): Promise<Map<unknown, unknown>> => {
      const found = await api.rows(listPath(api.accountSid, 'Messages', { PageSize: 1000 }));
      const subs = (await other.truth()).accounts.map((account) => account.account_sid);
      for (const sid of subs) found.push(...(await api.rows(listPath(sid, 'Calls', { PageSize: 1000 }))));
      return new Map(found.map((row) => [row.sid, row.price]));
    };
    const first = await read();
    await other.setClock('2026-09-10T00:00:00Z');
    const second = await read();
    await other.stop();
    const kinds = { came: 0, changed: 0, went: 0 };
    for (const [sid, price] of first) {
      const later = second.get(sid);
      if (price === null && later !== null) kinds.came++;
      if (price !== null && later === null) kinds.went++;
      if (price !== null && later !== price) kinds.changed++;
    }
    expect(kinds.came).toBeGreaterThan(20);
    expect(kinds.changed).toBeGreaterThan(0);
    expect(kinds.went).toBe(0);
  });
});
