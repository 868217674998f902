import type { SimulatorHandle, Truth } from '../support/simulator.js';
import { type Api, listPath, type Row, rowsOf, seconds, uncheckedApi, units } from './api.js';

/** What usage and records of one account, day, currency and family come to. */
export interface Sides {
  usage: bigint;
  itemised: bigint;
  usageCount: number;
  itemisedCount: number;
  usageMinutes: number;
  itemisedMinutes: number;
}

/** By `account day currency family`. */
export type Ledger = Map<string, Sides>;

export interface Comparison {
  ledger: Ledger;
  /** Accounts whose usage is not found. */
  unknown: string[];
  /** Lists that cannot be read: `account Calls`. */
  unreadable: string[];
  /** `as_of` of each usage row: `account day` to the values seen. */
  asOf: Map<string, Set<string>>;
  /** Every usage row as it came, by account. */
  usageRows: Map<string, Row[]>;
}

const dayOf = (time: unknown): string => new Date(seconds(time) * 1000).toISOString().slice(0, 10);

/** The family of a call by who is at its ends, as a reader of the list sees them. */
function callFamily(row: Row): string {
  if (String(row.direction).startsWith('trunking-')) return 'trunking';
  const isAtHand = [row.from, row.to].some((end) => /^(client|sip):/.test(String(end)));
  return isAtHand ? 'client_and_sip_voice' : 'voice';
}

function messageFamily(row: Row): string {
  if ([row.from, row.to].some((end) => String(end).startsWith('whatsapp:'))) return 'channels';
  return String(row.sid).startsWith('MM') ? 'mms' : 'sms';
}

/** The family of a usage category; undefined where no record is counted in it, or where it holds others. */
function leafFamily(category: string): string | undefined {
  if (category === 'calls-outbound' || /^calls-inbound-/.test(category)) return 'voice';
  if (category === 'calls-client' || /^calls-sip-/.test(category)) return 'client_and_sip_voice';
  if (category === 'trunking-termination' || /^trunking-origination-/.test(category)) return 'trunking';
  if (/^sms-(inbound|outbound)-/.test(category)) return 'sms';
  if (/^mms-(inbound|outbound)-/.test(category)) return 'mms';
  if (/^channels-(messaging|whatsapp)-/.test(category)) return 'channels';
  return category === 'simulated-new-service' ? 'uncategorised' : undefined;
}

function sidesAt(ledger: Ledger, key: string): Sides {
  const nothing = { usage: 0n, itemised: 0n };
  const none = { usageCount: 0, itemisedCount: 0, usageMinutes: 0, itemisedMinutes: 0 };
  const found = ledger.get(key) ?? { ...nothing, ...none };
  ledger.set(key, found);
  return found;
}

/** Every row of a list, or undefined where the first page says so. */
async function rowsUnless(api: Api, path: string, status: number, code: number): Promise<Row[] | undefined> {
  const { status: found, json } = await api.get(path);
  if (found !== status) return api.rows(path);
  if (json.code !== code) throw new Error(`GET ${path} → ${found}: ${JSON.stringify(json)}`);
  return undefined;
}

/** Reads lists and usage of every account over HTTP and adds them up, a patient clerk with whole numbers. */
export async function compare(simulator: SimulatorHandle, truth: Truth): Promise<Comparison> {
  const api = uncheckedApi(simulator);
  const result: Comparison = { ledger: new Map(), unknown: [], unreadable: [], asOf: new Map(), usageRows: new Map() };
  for (const account of truth.accounts) {
    const { account_sid: sid } = account;
    for (const list of ['Calls', 'Messages']) {
      const rows = await rowsUnless(api, listPath(sid, list, { PageSize: 37 }), 500, 20500);
      if (rows === undefined) result.unreadable.push(`${sid} ${list}`);
      else addRecords(result.ledger, account, list, rows);
    }
    const range = {
      StartDate: truth.world.from,
      EndDate: truth.world.last_day,
      IncludeSubaccounts: 'false',
      PageSize: 400,
    };
    const usage = await rowsUnless(api, listPath(sid, 'Usage/Records/Daily', range), 404, 20404);
    if (usage === undefined) result.unknown.push(sid);
    else addUsage(result, sid, usage);
  }
  return result;
}

function addRecords(ledger: Ledger, account: Truth['accounts'][number], list: string, rows: Row[]): void {
  const sids = rows.map((row) => row.sid);
  if (new Set(sids).size < sids.length) throw new Error(`a list of ${account.account_sid} shows a SID twice`);
  for (const row of rows) {
    const time = list === 'Calls' ? row.start_time : row.date_sent;
    if (time === null) continue;
    const isLater = account.currency_changes_at !== null && `${dayOf(time)}T00:00:00Z` >= account.currency_changes_at;
    const currency = row.price_unit ?? (isLater ? account.later_currency : account.currency);
    const family = list === 'Calls' ? callFamily(row) : messageFamily(row);
    const sides = sidesAt(ledger, `${account.account_sid} ${dayOf(time)} ${currency} ${family}`);
    // Twilio neither bills nor counts calls that never connected.
    const neverConnected = ['busy', 'failed', 'no-answer', 'canceled'].includes(String(row.status)) && list === 'Calls';
    if (neverConnected && (row.price === null || units(String(row.price)) === 0n)) continue;
    sides.itemisedCount++;
    if (list === 'Calls') sides.itemisedMinutes += Math.ceil(Number(row.duration ?? 0) / 60);
    if (row.price !== null) sides.itemised -= units(String(row.price));
  }
}

function addUsage(result: Comparison, sid: string, rows: Row[]): void {
  result.usageRows.set(sid, rows);
  for (const row of rows) {
    const day = String(row.start_date);
    const seen = result.asOf.get(`${sid} ${day}`) ?? new Set();
    result.asOf.set(`${sid} ${day}`, seen.add(String(row.as_of)));
    const family = leafFamily(String(row.category));
    if (family === undefined || (Number(row.count) === 0 && units(String(row.price)) === 0n)) continue;
    const sides = sidesAt(result.ledger, `${sid} ${day} ${String(row.price_unit).toUpperCase()} ${family}`);
    sides.usage += units(String(row.price));
    sides.usageCount += Number(row.count);
    if (row.usage_unit === 'minutes') sides.usageMinutes += Number(row.usage);
  }
}

/** Every page of the parent's usage, subaccounts included. */
export async function usageOfAll(simulator: SimulatorHandle, truth: Truth, pageSize: number): Promise<Row[]> {
  const range = {
    StartDate: truth.world.from,
    EndDate: truth.world.last_day,
    IncludeSubaccounts: 'true',
    PageSize: pageSize,
  };
  const pages = await uncheckedApi(simulator).pages(listPath(simulator.accountSid, 'Usage/Records/Daily', range));
  return pages.flatMap(rowsOf);
}
