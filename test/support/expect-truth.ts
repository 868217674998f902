import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Expectation, expectedFiles, type UnpricedRecord } from './expected-reports.js';
import { type Row, readRows } from './published.js';
import { basicAuth, type SimulatorHandle, type Truth } from './simulator.js';

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
      sid,
      account: account_sid,
      chargedAt: `${new Date(String(service === 'calls' ? row.start_time : row.date_sent)).toISOString().slice(0, 19)}Z`,
      direction: String(row.direction),
      status: String(row.status),
      currency: typeof row.price_unit === 'string' ? row.price_unit : '',
      minutes: service === 'calls' ? Math.ceil(Number(row.duration ?? 0) / 60) : 0,
      segments: service === 'calls' ? 0 : Number(row.num_segments),
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

/** A month as it was published: rows by file, the customers' statements under `customers/<customer_id>`. */
export async function readPublished(folder: string): Promise<Record<string, Row[]>> {
  const files: Record<string, Row[]> = {};
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.csv'))) {
    files[name] = await readRows(join(folder, name));
  }
  const statements = await readdir(join(folder, 'customers')).catch(() => []);
  for (const name of statements) {
    expect(name, 'a statement has a safe file name').toMatch(/^[a-z0-9][a-z0-9-]{0,80}\.csv$/);
    const rows = await readRows(join(folder, 'customers', name));
    const customers = [...new Set(rows.map((row) => row.customer_id))];
    expect(customers, `${name} holds one customer`).toHaveLength(1);
    expect(files, 'a customer has one statement').not.toHaveProperty([`customers/${customers[0]}`]);
    files[`customers/${customers[0]}`] = rows;
  }
  return files;
}

/** Every figure of every CSV of one month is the simulator's truth; no row is missing and none is too many. */
export async function expectMonthIsTruth(monthFolder: string, expected: Expectation): Promise<void> {
  const { 'findings.csv': _, ...published } = await readPublished(monthFolder);
  const wanted = expectedFiles(expected);
  expect(Object.keys(published).sort()).toEqual(Object.keys(wanted).sort());
  for (const [file, rows] of Object.entries(wanted)) expectSameRows(`${expected.month}/${file}`, published[file], rows);
}

/** First what differs is told by row, as thousands of equal rows hide one that is not. */
function expectSameRows(file: string, published: readonly Row[] | undefined, wanted: readonly Row[]): void {
  const texts = (rows: readonly Row[]): string[] => rows.map((row) => JSON.stringify(row));
  const [found, truth] = [texts(published ?? []), texts(wanted)];
  const [foundSet, truthSet] = [new Set(found), new Set(truth)];
  expect({ file, tooMany: found.filter((row) => !truthSet.has(row)).slice(0, 5) }).toEqual({ file, tooMany: [] });
  expect({ file, missing: truth.filter((row) => !foundSet.has(row)).slice(0, 5) }).toEqual({ file, missing: [] });
  // The same rows in the same order, and none of them twice.
  expect(found, file).toEqual(truth);
}
