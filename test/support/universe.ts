import type { WorldPlan } from './random-world.js';
import { type SimulatorHandle, startSimulatorHere } from './simulator.js';
import { type ApiRecord, instantText, listRecords } from './simulator-records.js';

export type Service = 'calls' | 'messages';

/** A call or message of the world, whether the simulated clock has reached it or not. */
export interface WorldRecord {
  readonly sid: string;
  readonly service: Service;
  readonly account: string;
  /** The instant that a date filter goes by; of one that has none, when it was created. */
  readonly at: string;
  readonly isUndated: boolean;
  readonly row: ApiRecord;
}

export type Universe = ReadonlyMap<string, WorldRecord>;

/**
 * A second simulator of the same seed, quick and with large pages, to which nothing happens: it tells all records that there
 * will ever be, and what they look like at any clock.
 */
export function startTwin({ simulator, end }: WorldPlan): Promise<SimulatorHandle> {
  const { seed, accounts, records, from, to, profiles } = simulator;
  return startSimulatorHere({ seed, accounts, records, from, to, profiles, now: end, concurrencyLimit: 0 });
}

/** Every record that a simulator shows now, by SID. */
export async function recordsOf(simulator: SimulatorHandle): Promise<Universe> {
  const found = new Map<string, WorldRecord>();
  const { accounts } = await simulator.truth();
  for (const { account_sid: account, is_listed: isListed } of accounts) {
    if (!isListed) continue;
    for (const [service, list] of [
      ['calls', 'Calls'],
      ['messages', 'Messages'],
    ] as const) {
      for (const row of await listRecords(simulator, account, list)) {
        const date = service === 'calls' ? row.start_time : row.date_sent;
        const at = instantText(date ?? row.date_created);
        found.set(String(row.sid), { sid: String(row.sid), service, account, at, isUndated: date === null, row });
      }
    }
  }
  return found;
}

/** What a record shows that no price has a part in. */
export const factsOf = ({ row }: WorldRecord): string => {
  const { price: _price, price_unit: _unit, date_updated: _updated, ...facts } = row;
  return JSON.stringify(facts);
};
