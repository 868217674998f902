import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Discrepancy, DiscrepancyRequest } from '../../src/simulator/causes.js';
import type { AccountChangeRequest, RecordChangeRequest } from '../../src/simulator/changes.js';
import type { FaultRule } from '../../src/simulator/faults.js';
import { DEFAULT_OPTIONS, type SimulatorOptions } from '../../src/simulator/options.js';
import { startSimulator } from '../../src/simulator/server.js';

/** What a perfect ledger would hold for one account, UTC day, currency and service. */
export interface TruthDay {
  account_sid: string;
  day: string;
  /** Null for messages that have no price yet: Twilio does not say the currency of those. */
  currency: string | null;
  service: 'calls' | 'messages';
  count: number;
  /** Started minutes. */
  minutes: number;
  segments: number;
  /** Eight decimals; positive = Twilio charged us. */
  cost: string;
  unpriced: number;
}

export interface TruthAccount {
  account_sid: string;
  owner_account_sid: string;
  friendly_name: string;
  status: 'active' | 'suspended' | 'closed';
  is_listed: boolean;
  created_at: string;
  ended_at: string | null;
  currency: string;
  later_currency: string;
  currency_changes_at: string | null;
  auth_token: string;
  phone_numbers: string[];
}

/** Usage of one account, UTC day, category and currency; what is all zero is left out. */
export interface TruthUsage {
  account_sid: string;
  day: string;
  category: string;
  currency: string;
  count: number;
  usage: number;
  price: string;
}

export interface TruthRecord {
  account_sid: string;
  service: 'calls' | 'messages';
  sid: string;
}

/** Priced, started calls of one account, month and currency: the charge, and the charge times the length of each call. */
export interface TruthProduct {
  account_sid: string;
  month: string;
  currency: string;
  calls: number;
  cost: string;
  /** Signed as cost is: positive = charged. */
  cost_times_seconds: string;
  cost_times_minutes: string;
  /** Without the sign of any price. */
  price_times_seconds: string;
  price_times_minutes: string;
}

export interface Truth {
  world: { seed: number; now: string; from: string; to: string; first_day: string; last_day: string };
  accounts: TruthAccount[];
  days: TruthDay[];
  usage: TruthUsage[];
  /** Records that a date filter reaches and that have no price now. */
  unpriced: (TruthRecord & { day: string })[];
  /** Records without start_time or date_sent: no date filter reaches them, and no other row here counts them. */
  undated: TruthRecord[];
  products: TruthProduct[];
  /** What was injected: usage less itemised cost by account, UTC day, currency and family. */
  discrepancies: Discrepancy[];
}

export interface SimulatorStats {
  requests: number;
  by_status: Record<string, number>;
  in_flight: number;
  in_flight_max: number;
  in_flight_per_account_max: number;
  body_bytes: number;
  /** The room that others left below the ceiling, and how much of it was used, both times seconds. */
  room: { seconds: number; room_seconds: number; used_seconds: number };
  faults: { matched: number; fired: number }[];
  log?: { method: string; url: string; status: number }[];
  log_dropped?: number;
}

export interface SimulatorHandle {
  baseUrl: string;
  accountSid: string;
  authToken: string;
  apiKey: string;
  apiSecret: string;
  /** Process id, where the simulator has a process of its own. */
  pid: number | undefined;
  truth(days?: { from: string; to: string }): Promise<Truth>;
  setClock(iso: string): Promise<void>;
  setFaults(rules: FaultRule[]): Promise<void>;
  /** Deletes calls and messages, or sets their price. */
  changeRecords(changes: RecordChangeRequest[]): Promise<void>;
  /** Suspends, closes, renames or deletes subaccounts. */
  changeAccounts(changes: AccountChangeRequest[]): Promise<void>;
  /** Makes usage and lists differ, and says how: usage less itemised cost. */
  injectDiscrepancies(request: DiscrepancyRequest): Promise<Discrepancy[]>;
  stats(withLog?: boolean): Promise<SimulatorStats>;
  resetStats(): Promise<void>;
  stop(): Promise<void>;
}

export type SimulatorTestOptions = Partial<SimulatorOptions>;

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

const trafficFlag = (traffic: SimulatorOptions['otherTraffic']): string | undefined =>
  traffic && `${traffic.levels.join()}:${traffic.eachMs}`;

/** The flags of `subledger simulate` that mean the same as the options. */
export function simulatorFlags(options: SimulatorTestOptions): string[] {
  const all = { ...DEFAULT_OPTIONS, ...options };
  const flags: [string, string | number | undefined][] = [
    ['--port', all.port],
    ['--seed', all.seed],
    ['--accounts', all.accounts],
    ['--records', all.records],
    ['--from', all.from],
    ['--to', all.to],
    ['--now', all.now],
    ['--latency-ms', all.latencyMs],
    ['--concurrency-limit', all.concurrencyLimit],
    ['--other-traffic', trafficFlag(all.otherTraffic)],
    ['--retry-after', all.retryAfterSeconds],
    ['--upper-bound', all.upperBound],
    ['--page-rows-max', all.pageRowsMax],
    ['--profile', all.profiles.join(',')],
    ['--discrepancies', all.discrepancies.join(',') || undefined],
  ];
  const texts = flags.flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]));
  return all.listsParent ? texts : [...texts, '--no-lists-parent'];
}

/** Starts the simulator as a process of its own (in this one where the program has not been built yet). */
export async function startSimulatorProcess(options: SimulatorTestOptions = {}): Promise<SimulatorHandle> {
  if (!existsSync(CLI)) return startSimulatorHere(options);
  const child = spawn(process.execPath, [CLI, 'simulate', ...simulatorFlags(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ready = await firstLine(child);
  return handleOf(
    {
      baseUrl: String(ready.base_url),
      accountSid: String(ready.account_sid),
      authToken: String(ready.auth_token),
      apiKey: String(ready.api_key),
      apiSecret: String(ready.api_secret),
      pid: child.pid,
    },
    () => stopChild(child),
  );
}

/** Starts the simulator inside this process: quicker, and what it does can be stepped through. */
export async function startSimulatorHere(options: SimulatorTestOptions = {}): Promise<SimulatorHandle> {
  const simulator = await startSimulator(options, () => performance.now());
  const { baseUrl, credentials } = simulator;
  return handleOf({ baseUrl, ...credentials, pid: undefined }, () => simulator.close());
}

function firstLine(child: ChildProcess): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    if (child.stdout === null) return reject(new Error('the simulator has no stdout'));
    child.once('exit', (code) => reject(new Error(`the simulator ended with ${code} before it was ready`)));
    createInterface({ input: child.stdout }).once('line', (text) => {
      child.removeAllListeners('exit');
      resolve(JSON.parse(text));
    });
  });
}

function stopChild(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

type Place = Pick<SimulatorHandle, 'baseUrl' | 'accountSid' | 'authToken' | 'apiKey' | 'apiSecret' | 'pid'>;

function handleOf(place: Place, stop: () => Promise<void>): SimulatorHandle {
  const control = async (method: string, path: string, body?: unknown): Promise<string> => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const response = await fetch(`${place.baseUrl}/_simulator/${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`the simulator refused ${method} ${path}: ${text}`);
    return text;
  };
  return {
    ...place,
    truth: async (days) => parseTruth(await control('GET', days ? `truth?from=${days.from}&to=${days.to}` : 'truth')),
    setClock: async (iso) => void (await control('POST', 'clock', { now: iso })),
    setFaults: async (rules) => void (await control('POST', 'faults', rules)),
    changeRecords: async (changes) => void (await control('POST', 'records', changes)),
    changeAccounts: async (changes) => void (await control('POST', 'accounts', changes)),
    injectDiscrepancies: async (request) => JSON.parse(await control('POST', 'discrepancies', request)),
    stats: async (withLog) => JSON.parse(await control('GET', withLog ? 'stats?log=1' : 'stats')),
    resetStats: async () => void (await control('POST', 'reset-stats')),
    stop,
  };
}

const LISTS = {
  account: 'accounts',
  day: 'days',
  usage: 'usage',
  unpriced: 'unpriced',
  undated: 'undated',
  price_times_duration: 'products',
  discrepancy: 'discrepancies',
} as const;

function parseTruth(text: string): Truth {
  const lists: Record<string, unknown[]> = {};
  for (const name of Object.values(LISTS)) lists[name] = [];
  let world: unknown;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const { type, ...fields } = JSON.parse(line) as { type: string };
    if (type === 'world') world = fields;
    else lists[LISTS[type as keyof typeof LISTS]]?.push(fields);
  }
  return { world, ...lists } as unknown as Truth;
}

/** The Authorization header of some credentials. */
export function basicAuth(user: string, secret: string): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}` };
}
