import { describe, expect, it } from 'vitest';
import { type ConfigSources, mainCredentials, readConfig } from '../../src/config.js';
import { ConfigError } from '../../src/domain/errors.js';

const sid = `AC${'a'.repeat(32)}`;
const sources = (changes: Partial<ConfigSources> = {}): ConfigSources => ({
  flags: {},
  env: { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: 'token' },
  file: {},
  now: '2026-11-23T20:00:00Z',
  fileExists: () => false,
  needsCredentials: true,
  ...changes,
});

function problemsOf(changes: Partial<ConfigSources>): readonly string[] {
  try {
    readConfig(sources(changes));
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the range', () => {
  it.each([
    [{}, '2026-10-01', '2026-11-23'],
    [{ month: '2026-10' }, '2026-10-01', '2026-11-01'],
    [{ month: '2026-11' }, '2026-11-01', '2026-11-23'],
    [{ from: '2024-02-29', to: '2024-03-01' }, '2024-02-29', '2024-03-01'],
    [{ from: '2026-11-22', to: '2026-11-23' }, '2026-11-22', '2026-11-23'],
  ])('%j is %s to %s', (flags, start, end) => {
    expect(readConfig(sources({ flags })).range).toEqual({ start: `${start}T00:00:00Z`, end: `${end}T00:00:00Z` });
  });

  it.each([
    [{ from: '2026-10-02', to: '2026-10-01' }, 'must be before'],
    [{ from: '2026-10-01', to: '2026-10-01' }, 'must be before'],
    [{ from: '2026-10-01', to: '2026-11-24' }, 'lies in the future'],
    [
      { from: '2007-12-31', to: '2026-10-01' },
      '--from 2007-12-31 lies before Twilio was founded: at the earliest 2008-01-01.',
    ],
    [{ month: '2007-12' }, '--month 2007-12 lies before Twilio was founded: at the earliest 2008-01-01.'],
    [{ month: '2026-12' }, 'no day that is over'],
    [{ month: '2026-9' }, 'is not a month'],
    [{ from: '2026-02-30', to: '2026-03-01' }, 'is not a day'],
    [{ from: '2026-10-01' }, 'go together'],
    [{ month: '2026-10', from: '2026-10-01', to: '2026-10-02' }, 'without --from'],
  ])('%j is refused: %s', (flags, problem) => {
    expect(problemsOf({ flags }).join()).toContain(problem);
  });
});

describe('region and edge', () => {
  it.each([
    [{ TWILIO_EDGE: 'dublin' }, undefined, 'dublin'],
    [{ TWILIO_REGION: 'ie1' }, 'ie1', undefined],
    [{ TWILIO_REGION: 'au1', TWILIO_EDGE: 'sydney' }, 'au1', 'sydney'],
    [{}, undefined, undefined],
  ])('%j are taken as they are', (place, region, edge) => {
    const config = readConfig(sources({ env: { ...sources().env, ...place } }));
    expect([config.region, config.edge]).toEqual([region, edge]);
  });

  it.each(['evil.example/', 'a@b', 'x.y', 'DUBLIN', ' '])('%j is no part of a host name', (text) => {
    for (const name of ['TWILIO_REGION', 'TWILIO_EDGE']) {
      expect(problemsOf({ env: { ...sources().env, [name]: text } })).toEqual([expect.stringContaining(name)]);
    }
  });
});

describe('credentials', () => {
  const file = { SUBLEDGER_CREDENTIALS: 'own.csv' };
  const fileExists = (path: string): boolean => path === 'own.csv';

  it('of single accounts do without a token; the main account is named all the same', () => {
    const config = readConfig(sources({ env: { TWILIO_ACCOUNT_SID: sid, ...file }, fileExists }));
    expect(config.credentialsFile).toBe('own.csv');
    expect(mainCredentials(config)).toBeUndefined();
    expect(problemsOf({ env: file, fileExists })).toEqual([expect.stringContaining('TWILIO_ACCOUNT_SID is not set')]);
  });

  it('stand beside those of the main account, and the flag goes first', () => {
    const env = { ...sources().env, SUBLEDGER_CREDENTIALS: 'elsewhere.csv' };
    const config = readConfig(sources({ env, flags: { credentials: 'own.csv' }, fileExists }));
    expect([config.credentialsFile, mainCredentials(config)?.password]).toEqual(['own.csv', 'token']);
  });

  it('must exist, and half a key is not made whole by them', () => {
    expect(problemsOf({ flags: { credentials: 'nowhere.csv' }, fileExists }).join()).toContain(
      'nowhere.csv does not exist',
    );
    const env = { TWILIO_ACCOUNT_SID: sid, TWILIO_API_KEY: `SK${'a'.repeat(32)}`, ...file };
    expect(problemsOf({ env, fileExists })).toEqual(['TWILIO_API_KEY is set, TWILIO_API_SECRET is not.']);
  });

  it('are nothing to commands that ask Twilio nothing', () => {
    const flags = { credentials: 'nowhere.csv' };
    expect(readConfig(sources({ flags, env: {}, needsCredentials: false })).credentialsFile).toBeUndefined();
  });
});

describe('settings', () => {
  it('flags go before the environment, that before the file, that before the defaults', () => {
    const file = { SUBLEDGER_DATA_DIR: 'file', SUBLEDGER_OUTPUT_DIR: 'file', SUBLEDGER_CONCURRENCY: '3' };
    const env = { ...sources().env, SUBLEDGER_DATA_DIR: 'env', SUBLEDGER_OUTPUT_DIR: 'env' };
    const config = readConfig(sources({ flags: { dataDir: 'flag' }, env, file }));
    expect([config.dataFolder, config.outputFolder, config.concurrency, config.accountConcurrency]).toEqual([
      'flag',
      'env',
      3,
      3,
    ]);
  });

  it('one account may use all of the concurrency, and a tenth is left to others, unless said otherwise', () => {
    const { accountConcurrency, headRoomPercent } = readConfig(sources({ flags: { concurrency: '50' } }));
    expect({ accountConcurrency, headRoomPercent }).toEqual({ accountConcurrency: 50, headRoomPercent: 10 });
    const file = { SUBLEDGER_HEAD_ROOM: '0' };
    const flags = { accountConcurrency: '4' };
    expect(readConfig(sources({ flags, file }))).toMatchObject({ accountConcurrency: 4, headRoomPercent: 0 });
    expect(problemsOf({ flags: { headRoom: '51' } })).toEqual(['--head-room must be a whole number from 0 to 50.']);
  });

  it('names of journal accounts are read where the flag, a setting or the folder has them', () => {
    const fileExists = (path: string): boolean => path.endsWith('.csv');
    const fileOf = (changes: Partial<ConfigSources>): string | undefined =>
      readConfig(sources(changes)).journalAccountsFile;
    const env = { ...sources().env, SUBLEDGER_JOURNAL_ACCOUNTS: 'env.csv' };
    expect(fileOf({})).toBeUndefined();
    expect(fileOf({ fileExists })).toBe('journal_accounts.csv');
    expect(fileOf({ fileExists, env })).toBe('env.csv');
    expect(fileOf({ fileExists, env, flags: { journalAccounts: 'flag.csv' } })).toBe('flag.csv');
    expect(problemsOf({ flags: { journalAccounts: 'none' } })).toEqual([
      'The map of journal accounts none does not exist.',
    ]);
  });

  it('every problem is told at once', () => {
    const env = {
      TWILIO_ACCOUNT_SID: 'AC1',
      SUBLEDGER_API_BASE_URL: 'http://example.com',
      SUBLEDGER_PHONE_NUMBERS: 'some',
    };
    const flags = { concurrency: '0', lookBack: '-1', account: ['x'], month: 'soon', customers: 'none.csv' };
    expect(problemsOf({ env, flags })).toHaveLength(9);
  });

  it('no message holds a secret', () => {
    const env = { TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: 'hush-hush', TWILIO_API_KEY: 'hush-hush' };
    expect(problemsOf({ env }).join()).not.toContain('hush');
  });

  it.each([
    ['https://api.example.com/base/', 'https://api.example.com/base'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://localhost:1', 'http://localhost:1'],
  ])('base URL %s is taken', (text, url) => {
    expect(readConfig(sources({ env: { ...sources().env, SUBLEDGER_API_BASE_URL: text } })).baseUrl).toBe(url);
  });

  it.each(['http://127.0.0.1.example.com', 'ftp://localhost', 'https://user:secret@example.com', 'x'])(
    'base URL %s is refused',
    (text) => {
      expect(problemsOf({ env: { ...sources().env, SUBLEDGER_API_BASE_URL: text } }).join()).toContain('BASE_URL');
    },
  );
});
