import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { cliPath } from './child.js';

export interface SimulatedWorld {
  readonly records: number;
  readonly accounts: number;
  readonly seed: number;
  /** UTC days, `to` exclusive. */
  readonly from: string;
  readonly to: string;
  /** As `subledger simulate --profile` takes them. */
  readonly profile: string;
  /** More of its flags, without their dashes. */
  readonly flags?: Readonly<Record<string, string | number>>;
}

/** Where a simulator listens and how to sign in. */
export interface Target {
  readonly baseUrl: string;
  readonly accountSid: string;
  readonly authToken: string;
  readonly from: string;
  readonly to: string;
}

/** What the simulator says that its lists hold. */
export interface Truth {
  readonly rows: number;
  readonly cost: string;
  readonly accounts: number;
  readonly largestAccountRows: number;
}

/** Runs `work` against a simulator in a process of its own, and stops it. */
export async function withSimulator<Result>(
  world: SimulatedWorld,
  work: (target: Target, simulatorId: number) => Promise<Result>,
): Promise<Result> {
  const { records, accounts, seed, from, to, profile } = world;
  const flags = Object.entries({ records, accounts, seed, from, to, profile, ...world.flags }).flatMap(
    ([name, value]) => [`--${name}`, String(value)],
  );
  const child = spawn(process.execPath, [cliPath, 'simulate', ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), once(child, 'exit')]);
    if (typeof line !== 'string') throw new Error('the simulator did not start');
    const { base_url, account_sid, auth_token } = JSON.parse(line) as Record<string, string>;
    const target = { baseUrl: base_url ?? '', accountSid: account_sid ?? '', authToken: auth_token ?? '', from, to };
    return await work(target, child.pid ?? 0);
  } finally {
    child.kill();
  }
}

/** Records of one account, day, service and currency. */
export interface TruthDay {
  readonly type: string;
  readonly account_sid: string;
  readonly day: string;
  readonly currency: string | null;
  readonly service: string;
  readonly count: number;
  readonly cost: string;
}

/** The simulator's own count of its calls and messages, by account, day, service and currency. */
export async function truthDays({ baseUrl }: Target): Promise<TruthDay[]> {
  const text = await (await fetch(`${baseUrl}/_simulator/truth`)).text();
  const lines = text.split('\n').filter((line) => line.includes('"type":"day"'));
  return lines.map((line) => JSON.parse(line) as TruthDay);
}

/** The simulator's own count and sum of its calls: both sides are held against it, not only against each other. */
export async function truthOfCalls(target: Target): Promise<Truth> {
  const byAccount = new Map<string, number>();
  let units = 0n;
  for (const day of await truthDays(target)) {
    if (day.service !== 'calls') continue;
    byAccount.set(day.account_sid, (byAccount.get(day.account_sid) ?? 0) + day.count);
    units += unitsOf(day.cost);
  }
  const counts = [...byAccount.values()];
  return {
    rows: counts.reduce((sum, count) => sum + count, 0),
    cost: textOf(units),
    accounts: counts.length,
    largestAccountRows: Math.max(...counts),
  };
}

/** A plain decimal as a whole number of 0.00000001. */
function unitsOf(text: string): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const units = BigInt(whole + fraction.padEnd(8, '0'));
  return text.startsWith('-') ? -units : units;
}

function textOf(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(9, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -8)}.${digits.slice(-8)}`;
}
