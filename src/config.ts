import { readRange } from './domain/asked-range.js';
import type { OwnCredentials } from './domain/credentials-file.js';
import type { CustomerMapEntry } from './domain/customer-map.js';
import { ConfigError } from './domain/errors.js';
import type { InvoiceAmount } from './domain/invoice.js';
import type { JournalAccount } from './domain/journal-accounts.js';
import {
  concurrencyDefault,
  concurrencyMax,
  headRoomPercentDefault,
  headRoomPercentMax,
  lookBackDaysDefault,
  undatedPagesDefault,
  undatedPagesMax,
} from './domain/limits.js';
import type { Instant, Window } from './domain/period.js';
import type { Rate } from './domain/rates.js';
import type { SettingName } from './domain/settings.js';
import { parseTolerances, type Tolerance } from './domain/tolerance.js';

export interface Credentials {
  /** The main account. */
  readonly accountSid: string;
  /** The main account's SID, or an API key's (SK…). */
  readonly username: string;
  /** Empty where there is none: then the account is only named, and accounts with credentials of their own are asked. */
  readonly password: string;
}

export const mainCredentials = ({ credentials }: Pick<Config, 'credentials'>): Credentials | undefined =>
  credentials.password === '' ? undefined : credentials;

export interface Config {
  readonly credentials: Credentials;
  /** Accounts' own credentials; undefined where there is no such file. */
  readonly credentialsFile: string | undefined;
  /** What that file holds; empty where there is none. */
  readonly ownCredentials: readonly OwnCredentials[];
  readonly region: string | undefined;
  readonly edge: string | undefined;
  /** Undefined means Twilio itself. */
  readonly baseUrl: string | undefined;
  readonly dataFolder: string;
  readonly outputFolder: string;
  /** Undefined where there is none: the FriendlyName is the customer. */
  readonly customersFile: string | undefined;
  /** What that file holds; empty where there is none. */
  readonly customerMap: readonly CustomerMapEntry[];
  /** Amounts of Twilio's invoice; undefined where there is no such file. */
  readonly invoiceFile: string | undefined;
  /** What that file holds; empty where there is none. */
  readonly invoice: readonly InvoiceAmount[];
  /** What customers are charged; undefined where there is no such file. */
  readonly ratesFile: string | undefined;
  /** What that file holds; empty where there is none. */
  readonly rates: readonly Rate[];
  /** Reports of the user's own, *.sql; undefined where there are none. */
  readonly queriesFolder: string | undefined;
  /** Names of the journal's accounts; undefined where there is no such file. */
  readonly journalAccountsFile: string | undefined;
  /** What that file holds; empty where there is none. */
  readonly journalAccounts: readonly JournalAccount[];
  /** What may stay unexplained; nothing in a currency that is not named. */
  readonly tolerances: readonly Tolerance[];
  readonly phoneNumbers: 'keep' | 'mask';
  readonly concurrency: number;
  readonly accountConcurrency: number;
  /** Share of Twilio's ceiling that is left to production traffic. */
  readonly headRoomPercent: number;
  readonly lookBackDays: number;
  /** Pages of each list that are read in search of records without a date; 0 = nobody looks for them. */
  readonly undatedPages: number;
  /** Whole UTC days that are over. */
  readonly range: Window;
  /** Empty means all. */
  readonly accounts: readonly string[];
}

/** What a command hands over: flags as texts, the environment, the configuration file, and what the disk and clock say. */
export interface ConfigSources {
  readonly flags: Readonly<Record<string, string | string[] | boolean | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Names as in the environment; the environment goes before it. */
  readonly file: Readonly<Record<string, string>>;
  readonly now: Instant;
  readonly fileExists: (path: string) => boolean;
  /** Commands that only read the data folder need no credentials. */
  readonly needsCredentials: boolean;
}

/** Flags over environment over file over defaults → a Config. @throws ConfigError with every problem at once */
export function readConfig(sources: ConfigSources): Config {
  const problems: string[] = [];
  const setting = (name: SettingName): string | undefined => sources.env[name] || sources.file[name] || undefined;
  const flag = (name: string): string | undefined => {
    const value = sources.flags[name];
    return typeof value === 'string' ? value : undefined;
  };
  /** A file that people write: the one that is named, else the one of the usual name where it is there. */
  const inputFile = (what: string, flagName: string, settingName: SettingName, usual: string): string | undefined =>
    readFileName(what, flag(flagName) ?? setting(settingName), sources, problems) ??
    (sources.fileExists(usual) ? usual : undefined);
  const credentialsFile = sources.needsCredentials
    ? readFileName('credentials file', flag('credentials') ?? setting('SUBLEDGER_CREDENTIALS'), sources, problems)
    : undefined;
  const config: Config = {
    credentials: sources.needsCredentials
      ? readCredentials(setting, credentialsFile !== undefined, problems)
      : { accountSid: '', username: '', password: '' },
    credentialsFile,
    ownCredentials: [],
    region: readPlace('TWILIO_REGION', setting('TWILIO_REGION'), problems),
    edge: readPlace('TWILIO_EDGE', setting('TWILIO_EDGE'), problems),
    baseUrl: readBaseUrl(setting('SUBLEDGER_API_BASE_URL'), problems),
    dataFolder: flag('dataDir') ?? setting('SUBLEDGER_DATA_DIR') ?? 'data',
    outputFolder: flag('outputDir') ?? setting('SUBLEDGER_OUTPUT_DIR') ?? 'output',
    customersFile: inputFile('customer map', 'customers', 'SUBLEDGER_CUSTOMERS', 'customers.csv'),
    customerMap: [],
    invoiceFile: inputFile('invoice', 'invoice', 'SUBLEDGER_INVOICE', 'invoice.csv'),
    invoice: [],
    ratesFile: inputFile('file of rates', 'rates', 'SUBLEDGER_RATES', 'rates.csv'),
    rates: [],
    queriesFolder: readFileName(
      'folder of queries',
      flag('queries') ?? setting('SUBLEDGER_QUERIES'),
      sources,
      problems,
    ),
    journalAccountsFile: inputFile(
      'map of journal accounts',
      'journalAccounts',
      'SUBLEDGER_JOURNAL_ACCOUNTS',
      'journal_accounts.csv',
    ),
    journalAccounts: [],
    tolerances: parseTolerances(toleranceTexts(sources.flags.tolerance, setting('SUBLEDGER_TOLERANCE')), problems),
    phoneNumbers: readPhoneNumbers(setting('SUBLEDGER_PHONE_NUMBERS'), problems),
    ...readConcurrency(flag, setting, problems),
    lookBackDays: readCount('--look-back', flag('lookBack'), lookBackDaysDefault, [0, 400], problems),
    undatedPages: readCount(
      '--undated-pages',
      flag('undatedPages'),
      undatedPagesDefault,
      [0, undatedPagesMax],
      problems,
    ),
    range: readRange(flag('from'), flag('to'), flag('month'), sources.now, problems),
    accounts: readAccounts(sources.flags.account, problems),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function readCredentials(
  setting: (name: SettingName) => string | undefined,
  hasOwn: boolean,
  problems: string[],
): Credentials {
  const accountSid = setting('TWILIO_ACCOUNT_SID') ?? '';
  const token = setting('TWILIO_AUTH_TOKEN');
  const key = setting('TWILIO_API_KEY');
  const secret = setting('TWILIO_API_SECRET');
  if (accountSid === '')
    problems.push('TWILIO_ACCOUNT_SID is not set: the main account, AC followed by 32 characters.');
  else if (!/^AC[0-9a-fA-F]{32}$/.test(accountSid))
    problems.push('TWILIO_ACCOUNT_SID is not an account SID: AC followed by 32 hexadecimal characters.');
  if (key !== undefined && !/^SK[0-9a-fA-F]{32}$/.test(key))
    problems.push('TWILIO_API_KEY is not a key SID: SK followed by 32 hexadecimal characters.');
  if (key !== undefined && secret === undefined) problems.push('TWILIO_API_KEY is set, TWILIO_API_SECRET is not.');
  if (key === undefined && secret !== undefined) problems.push('TWILIO_API_SECRET is set, TWILIO_API_KEY is not.');
  if (token === undefined && key === undefined && secret === undefined && !hasOwn) {
    problems.push(
      'TWILIO_AUTH_TOKEN is not set (or TWILIO_API_KEY with TWILIO_API_SECRET, or --credentials with accounts of their own).',
    );
  }
  return token !== undefined
    ? { accountSid, username: accountSid, password: token }
    : { accountSid, username: key ?? '', password: secret ?? '' };
}

/** It becomes part of the host that the credentials are sent to, so nothing that could end that part is taken. */
function readPlace(name: SettingName, text: string | undefined, problems: string[]): string | undefined {
  if (text !== undefined && !/^[a-z0-9-]{1,40}$/.test(text))
    problems.push(`${name} must be a name such as ie1 or dublin.`);
  return text;
}

function readBaseUrl(text: string | undefined, problems: string[]): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url === undefined || !(url.protocol === 'https:' || (url.protocol === 'http:' && loopback))) {
    problems.push('SUBLEDGER_API_BASE_URL must be an https URL, or http on loopback.');
  } else if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    problems.push('SUBLEDGER_API_BASE_URL must hold no credentials, query or fragment.');
  }
  return text.replace(/\/+$/, '');
}

/** The flag, which may be given for each currency, goes before the setting, which has them all between commas. */
const toleranceTexts = (flag: string | readonly string[] | boolean | undefined, setting = ''): readonly string[] =>
  Array.isArray(flag) ? flag : setting.split(',').filter((text) => text.trim() !== '');

function readFileName(
  what: string,
  path: string | undefined,
  { fileExists }: Pick<ConfigSources, 'fileExists'>,
  problems: string[],
): string | undefined {
  if (path !== undefined && !fileExists(path)) problems.push(`The ${what} ${path} does not exist.`);
  return path;
}

function readPhoneNumbers(text: string | undefined, problems: string[]): 'keep' | 'mask' {
  if (text === undefined || text === 'mask') return 'mask';
  if (text !== 'keep') problems.push('SUBLEDGER_PHONE_NUMBERS must be mask or keep.');
  return 'keep';
}

function readCount(
  name: string,
  text: string | undefined,
  otherwise: number,
  [least, most]: [number, number],
  problems: string[],
): number {
  if (text === undefined) return otherwise;
  const count = /^\d{1,6}$/.test(text) ? Number.parseInt(text, 10) : -1;
  if (count < least || count > most) problems.push(`${name} must be a whole number from ${least} to ${most}.`);
  return count;
}

function readConcurrency(
  flag: (name: string) => string | undefined,
  setting: (name: SettingName) => string | undefined,
  problems: string[],
): Pick<Config, 'concurrency' | 'accountConcurrency' | 'headRoomPercent'> {
  const counts: [number, number] = [1, concurrencyMax];
  const text = flag('concurrency') ?? setting('SUBLEDGER_CONCURRENCY');
  const concurrency = readCount('--concurrency', text, concurrencyDefault, counts, problems);
  const ofAccount = flag('accountConcurrency');
  const headRoom = flag('headRoom') ?? setting('SUBLEDGER_HEAD_ROOM');
  return {
    concurrency,
    // One large account may use all of it.
    accountConcurrency: readCount('--account-concurrency', ofAccount, concurrency, counts, problems),
    headRoomPercent: readCount('--head-room', headRoom, headRoomPercentDefault, [0, headRoomPercentMax], problems),
  };
}

function readAccounts(value: string | string[] | boolean | undefined, problems: string[]): string[] {
  const accounts = Array.isArray(value) ? value : [];
  for (const account of accounts) {
    if (!/^AC[0-9a-fA-F]{32}$/.test(account))
      problems.push(`--account ${account} is not an account SID: AC followed by 32 hexadecimal characters.`);
  }
  return accounts;
}
