import { describe, expect, it } from 'vitest';
import type { TransportPort } from '../../src/adapters/twilio.js';
import { createTwilioAccounts, type TwilioAccountsOptions } from '../../src/adapters/twilio-accounts.js';
import { InvariantError, TwilioRequestError } from '../../src/domain/errors.js';
import type { LandedResource } from '../../src/domain/resource.js';
import type { Task } from '../../src/domain/task.js';

const [main, one, two] = ['0', '1', '2'].map((digit) => `AC${digit.repeat(32)}`) as [string, string, string];
const key = `SK${'a'.repeat(32)}`;
const own = [{ accountSid: one, username: key, password: 'own-secret', origin: 'own.csv, line 2' }];
const october = { start: '2026-10-01T00:00:00Z', end: '2026-11-01T00:00:00Z' };
const task = (resource: LandedResource, accountSid: string): Task => ({
  ...{ number: 1, accountSid, resource, reason: 'test' },
  window: resource === 'accounts' ? undefined : october,
});

/** A client whose requests are noted as `host/path as user:password`. */
function clientOf(options: Partial<TwilioAccountsOptions>, status = 200) {
  const seen: string[] = [];
  const transport: TransportPort = {
    get: async ({ url, headers }) => {
      const { host, pathname } = new URL(url);
      const credentials = Buffer.from((headers.Authorization ?? '').replace('Basic ', ''), 'base64').toString();
      seen.push(`${host}${pathname.replace('/2010-04-01', '')} as ${credentials}`);
      const body = Buffer.from('{"code":20003,"message":"own-secret is wrong"}');
      return { status, headers: { 'content-type': 'application/json' }, body };
    },
  };
  const mine = { username: main, password: 'main-token' };
  return { seen, client: createTwilioAccounts({ accountSid: main, main: mine, own, transport, ...options }) };
}

describe('accounts with credentials of their own', () => {
  it('are asked with them, everything else with the main account’s, all at the same place', async () => {
    const { seen, client } = clientOf({ edge: 'dublin' });
    await client.openList(task('accounts', main)).first();
    await client.openAccount(task('accounts', main)).first();
    for (const sid of [main, one, two]) await client.openList(task('calls', sid)).first();
    await client.openAccount(task('accounts', one)).first();
    expect(seen).toEqual([
      `api.dublin.us1.twilio.com/Accounts.json as ${main}:main-token`,
      `api.dublin.us1.twilio.com/Accounts/${main}.json as ${main}:main-token`,
      `api.dublin.us1.twilio.com/Accounts/${main}/Calls.json as ${main}:main-token`,
      `api.dublin.us1.twilio.com/Accounts/${one}/Calls.json as ${key}:own-secret`,
      `api.dublin.us1.twilio.com/Accounts/${two}/Calls.json as ${main}:main-token`,
      `api.dublin.us1.twilio.com/Accounts/${one}.json as ${key}:own-secret`,
    ]);
  });

  it('are all that is asked where there are no others', () => {
    const { seen, client } = clientOf({ main: undefined });
    expect(() => client.openList(task('accounts', main))).toThrow(InvariantError);
    expect(() => client.openList(task('calls', two))).toThrow(InvariantError);
    expect(seen).toEqual([]);
  });

  it.each([
    [401, /Check own\.csv, line 2: the token may have been replaced/],
    [403, /The account may be suspended or closed/],
  ])('a %i is that account’s alone, and tells no secret', async (status, hint) => {
    const { client } = clientOf({}, status);
    const error: unknown = await client
      .openList(task('calls', one))
      .first()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TwilioRequestError);
    expect((error as Error).message).toMatch(hint);
    expect((error as Error).message).not.toContain('own-secret');
  });
});
