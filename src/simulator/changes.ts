import type { AccountStatus } from './accounts.js';
import { callIndex } from './call-list.js';
import { messageIndex } from './message-list.js';
import { UNITS_PER_ONE } from './money.js';
import type { RecordChange } from './pricing.js';
import type { World } from './world.js';

/** A change of one call or message that the seed does not hold, made by a test. */
export interface RecordChangeRequest {
  sid: string;
  /** Gone from the lists, and from the truth; Usage keeps its cost, as Twilio's does. */
  deleted?: boolean;
  /** From now on its price: a plain decimal of at most eight places, negative = charged; null = none yet. */
  price?: string | null;
}

/** A change of one account made by a test. */
export interface AccountChangeRequest {
  sid: string;
  status?: AccountStatus;
  friendly_name?: string;
  /** No longer listed, and 404 from now on. */
  deleted?: boolean;
}

function costOf(price: string): number {
  const match = /^(-?)(\d{1,7})(?:\.(\d{1,8}))?$/.exec(price);
  if (match === null) throw new RangeError(`a price must be a decimal of at most eight places, not ${price}`);
  const units = Number(match[2]) * UNITS_PER_ONE + Number((match[3] ?? '').padEnd(8, '0'));
  return match[1] === '-' ? units : -units;
}

/** Changes calls and messages. Throws a RangeError where a SID is not of this world. */
export function changeRecords(world: World, requests: readonly RecordChangeRequest[]): void {
  for (const { sid, deleted, price } of requests) {
    const found = world.sids.decode(sid.slice(2));
    const account = found === undefined ? undefined : world.accounts[found.account];
    if (account === undefined) throw new RangeError(`no such record: ${sid}`);
    const { calls, messages } = world.traffic(account);
    const index = callIndex(world, account, sid) ?? messageIndex(world, account, sid);
    if (index === undefined) throw new RangeError(`no such record: ${sid}`);
    const source = sid.startsWith('CA') ? calls : messages;
    const change: RecordChange = { ...source.changes.get(index) };
    if (deleted !== undefined) change.isDeleted = deleted;
    if (price !== undefined) change.cost = price === null ? null : costOf(price);
    source.changes.set(index, change);
  }
  world.forgetUsage();
}

/** Changes accounts. Throws a RangeError where a SID is not of this world, or the parent's. */
export function changeAccounts(world: World, requests: readonly AccountChangeRequest[]): void {
  for (const { sid, status, friendly_name: friendlyName, deleted } of requests) {
    const account = world.account(sid);
    if (account === undefined || account.index === 0) throw new RangeError(`no such subaccount: ${sid}`);
    if (friendlyName !== undefined) account.friendlyName = friendlyName;
    if (deleted !== undefined) account.isDeleted = deleted;
    if (status === undefined) continue;
    account.endStatus = status;
    account.endsAt = status === 'active' ? Number.POSITIVE_INFINITY : world.now;
  }
  world.forgetUsage();
}
