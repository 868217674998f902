import type { UndatedRecord, UnpricedRecord } from './expected-records.js';
import { basicAuth, type SimulatorHandle, type Truth } from './simulator.js';

/** A record as the simulator's API shows it. */
export type ApiRecord = Readonly<Record<string, unknown>>;

/** Asks the simulator for something of its API, with nothing of the product. */
export async function askSimulator(simulator: SimulatorHandle, path: string): Promise<Record<string, unknown>> {
  const headers = basicAuth(simulator.accountSid, simulator.authToken);
  const response = await fetch(`${simulator.baseUrl}/2010-04-01/Accounts/${path}`, { headers });
  if (!response.ok) throw new Error(`the simulator answered ${response.status} for ${path}`);
  return (await response.json()) as Record<string, unknown>;
}

/** The records that have no price now, each asked for by its SID. */
export async function unpricedRecords(simulator: SimulatorHandle, truth: Truth): Promise<UnpricedRecord[]> {
  const records: UnpricedRecord[] = [];
  for (const { account_sid, service, sid } of truth.unpriced) {
    const folder = service === 'calls' ? 'Calls' : 'Messages';
    const row = await askSimulator(simulator, `${account_sid}/${folder}/${sid}.json`);
    if (row.price !== null) throw new Error(`${sid} should have no price`);
    records.push({
      service,
      family: familyOf(service, row),
      sid,
      account: account_sid,
      chargedAt: instantText(service === 'calls' ? row.start_time : row.date_sent),
      direction: String(row.direction),
      status: String(row.status),
      currency: typeof row.price_unit === 'string' ? row.price_unit : '',
      minutes: service === 'calls' ? Math.ceil(Number(row.duration ?? 0) / 60) : 0,
      segments: service === 'calls' ? 0 : Number(row.num_segments),
    });
  }
  return records;
}

/** As twilio-contract.md has it: trunks by direction, clients and SIP by the far end, channels by the kind before an address. */
function familyOf(service: string, { direction, from, to, num_media }: ApiRecord): string {
  const far = String(direction === 'inbound' ? from : to);
  if (service === 'messages') return /^\w+:/.test(far) ? 'channels' : num_media === '0' ? 'sms' : 'mms';
  if (String(direction).startsWith('trunking')) return 'trunking';
  return /^(client|sip):/.test(far) ? 'client_and_sip_voice' : 'voice';
}

/** The records that no date filter reaches, each asked for by its SID. */
export async function undatedRecords(simulator: SimulatorHandle, truth: Truth): Promise<UndatedRecord[]> {
  const records: UndatedRecord[] = [];
  for (const { account_sid, service, sid } of truth.undated) {
    const folder = service === 'calls' ? 'Calls' : 'Messages';
    const row = await askSimulator(simulator, `${account_sid}/${folder}/${sid}.json`);
    if ((service === 'calls' ? row.start_time : row.date_sent) !== null) throw new Error(`${sid} should have no date`);
    records.push({
      service,
      sid,
      account: account_sid,
      createdAt: instantText(row.date_created),
      direction: String(row.direction),
      status: String(row.status),
      currency: typeof row.price_unit === 'string' ? row.price_unit : '',
      price: typeof row.price === 'string' ? row.price : null,
    });
  }
  return records;
}

/** How many usage rows Twilio lists for one account and day. */
export async function categoriesOf(simulator: SimulatorHandle, day: string): Promise<number> {
  const query = `StartDate=${day}&EndDate=${day}&IncludeSubaccounts=false&PageSize=1000`;
  const page = await askSimulator(simulator, `${simulator.accountSid}/Usage/Records/Daily.json?${query}`);
  return (page.usage_records as unknown[]).length;
}

/** Every row of a list of one account: `Calls`, `Messages` or `Usage/Records/Daily`, with filters as a query. */
export async function listRecords(
  simulator: SimulatorHandle,
  account: string,
  list: string,
  query = '',
): Promise<ApiRecord[]> {
  const key = list === 'Calls' ? 'calls' : list === 'Messages' ? 'messages' : 'usage_records';
  const rows: ApiRecord[] = [];
  let path: string | undefined = `${account}/${list}.json?PageSize=1000&${query}`;
  while (path !== undefined) {
    const page = await askSimulator(simulator, path);
    rows.push(...(page[key] as ApiRecord[]));
    path = typeof page.next_page_uri === 'string' ? page.next_page_uri.split('/Accounts/')[1] : undefined;
  }
  return rows;
}

/** `2026-09-30T23:59:59Z` of Twilio's RFC 2822. */
export const instantText = (text: unknown): string => `${new Date(String(text)).toISOString().slice(0, 19)}Z`;
