import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBTimestampValue,
} from '@duckdb/node-api';
import twilio from 'twilio';
import type { SideResult } from '../child.js';
import type { Target } from '../simulator.js';
import { answer, readInput, used } from './usage.js';

/**
 * The other side: the loop of Twilio's Subaccounts page, with the official client as it comes. For each account all calls of
 * the span, then one row each into a DuckDB table, by its appender, which is its fastest way in from JavaScript. The table
 * has the columns that the product's ledger keeps of a call, typed alike, but for those of its own (run, ordinal, time observed).
 */

interface Input {
  readonly target: Target;
  /** 0: the client asks for nothing, and Twilio answers with 50 rows a page. */
  readonly pageSize: number;
}

type Call = Awaited<ReturnType<ReturnType<typeof twilio>['calls']['list']>>[number];

const table = `create table calls (
  sid varchar, account_sid varchar, parent_call_sid varchar, phone_number_sid varchar, direction varchar, status varchar,
  from_address varchar, to_address varchar, charged_at timestamp, duration_seconds integer, cost decimal(18, 8),
  currency varchar)`;

const { target, pageSize } = readInput<Input>();

/** The client's own HTTP client, sent to the simulator instead of Twilio. */
function toSimulator(): InstanceType<typeof twilio.RequestClient> {
  const httpClient = new twilio.RequestClient();
  const send: typeof httpClient.request = httpClient.request.bind(httpClient);
  httpClient.request = (options) =>
    send({ ...options, uri: options.uri.replace('https://api.twilio.com', target.baseUrl) });
  return httpClient;
}

function append(appender: DuckDBAppender, call: Call): void {
  const texts = [call.sid, call.accountSid, call.parentCallSid, call.phoneNumberSid, call.direction, call.status];
  for (const text of [...texts, call.from, call.to]) appendText(appender, text);
  appender.appendTimestamp(new DuckDBTimestampValue(BigInt(call.startTime.getTime()) * 1000n));
  appender.appendInteger(Number.parseInt(call.duration ?? '0', 10));
  if (call.price === null) appender.appendNull();
  else appender.appendDecimal(new DuckDBDecimalValue(-unitsOf(call.price), 18, 8));
  appendText(appender, call.priceUnit);
  appender.endRow();
}

function appendText(appender: DuckDBAppender, text: string | null): void {
  if (text === null) appender.appendNull();
  else appender.appendVarchar(text);
}

/** A plain decimal as a whole number of 0.00000001. */
function unitsOf(price: string): bigint {
  const [whole = '0', fraction = ''] = price.split('.');
  return BigInt(whole + fraction.padEnd(8, '0'));
}

async function pullAll(connection: DuckDBConnection): Promise<void> {
  const client = twilio(target.accountSid, target.authToken, { httpClient: toSimulator() });
  const span = { startTimeAfter: new Date(target.from), startTimeBefore: new Date(target.to) };
  const paging = pageSize === 0 ? {} : { pageSize };
  for (const account of await client.api.v2010.accounts.list()) {
    const calls = await client.api.v2010.accounts(account.sid).calls.list({ ...span, ...paging });
    const appender = await connection.createAppender('calls');
    for (const call of calls) append(appender, call);
    appender.closeSync();
  }
}

const folder = await mkdtemp(join(tmpdir(), 'subledger-bench-'));
try {
  const database = await DuckDBInstance.create(join(folder, 'loop.duckdb'));
  const connection = await database.connect();
  await connection.run(table);
  const startedMs = performance.now();
  await pullAll(connection);
  const seconds = (performance.now() - startedMs) / 1000;
  const reader = await connection.runAndReadAll('select count(*), sum(cost) from calls');
  const [[rows, cost] = []] = reader.getRows();
  connection.closeSync();
  database.closeSync();
  answer({ rows: Number(rows), cost: String(cost), seconds, ...used() } satisfies SideResult);
} finally {
  await rm(folder, { recursive: true, force: true });
}
