import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { discrepancyRequest } from './causes.js';
import { changeAccounts, changeRecords } from './changes.js';
import { injectDiscrepancies } from './discrepancies.js';
import type { FaultRule, Faults } from './faults.js';
import { instantOf } from './options.js';
import type { Room } from './room.js';
import type { Statistics } from './statistics.js';
import { DAY_SECONDS, dayOf, isoInstant, parseDay } from './time.js';
import { truthLines } from './truth.js';
import type { World } from './world.js';

/** Paths of the control plane begin with this. No path of Twilio's does. */
export const CONTROL_PREFIX = '/_simulator/';

const BODY_BYTES_MAX = 64 * 1024 * 1024;

export interface Controlled {
  world: World;
  faults: Faults;
  statistics: Statistics;
  room: Room;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new RangeError('the body is too large');
    chunks.push(chunk);
  }
  return bytes === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function reply(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(value));
}

function clockOf(value: unknown): number {
  const now = typeof value === 'object' && value !== null && 'now' in value ? value.now : undefined;
  if (typeof now !== 'string') throw new RangeError('the body must be {"now":"<ISO instant>"}');
  return instantOf('now', now);
}

function rulesOf(value: unknown): FaultRule[] {
  const rules = Array.isArray(value) ? value : undefined;
  if (rules?.every((rule) => typeof rule === 'object' && rule !== null && typeof rule.action === 'object'))
    return rules;
  throw new RangeError('the body must be a list of {"match":{…},"action":{…}}');
}

function listOf<T extends { sid: string }>(value: unknown): T[] {
  if (Array.isArray(value) && value.every((one) => typeof one?.sid === 'string')) return value;
  throw new RangeError('the body must be a list of {"sid":"…",…}');
}

async function sendTruth(world: World, query: URLSearchParams, response: ServerResponse): Promise<void> {
  const bound = (name: string, otherwise: number): number => {
    const text = query.get(name);
    const day = text === null ? otherwise : parseDay(text);
    if (day === undefined) throw new RangeError(`${name} must be a day such as 2026-09-01`);
    return day;
  };
  const first = bound('from', dayOf(world.options.from));
  const end = bound('to', dayOf(world.options.to + DAY_SECONDS - 1));
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
  await pipeline(Readable.from(batches(truthLines(world, { first, last: end - 1 }))), response);
}

/** Lines in pieces of some size: a stream of single lines is slow. */
function* batches(lines: Iterable<string>): Generator<string> {
  let text = '';
  for (const one of lines) {
    text += one;
    if (text.length < 65_536) continue;
    yield text;
    text = '';
  }
  yield text;
}

/** Answers a request to the control plane. */
export async function answerControl(
  controlled: Controlled,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { world, faults, statistics, room } = controlled;
  const url = new URL(request.url ?? '/', 'http://localhost');
  const asked = `${request.method} ${url.pathname.slice(CONTROL_PREFIX.length)}`;
  try {
    if (asked === 'GET truth') return await sendTruth(world, url.searchParams, response);
    if (asked === 'GET clock') return reply(response, 200, { now: isoInstant(world.now) });
    if (asked === 'GET stats') {
      const report = statistics.report(url.searchParams.has('log'));
      return reply(response, 200, { ...report, room: room.report(), faults: faults.counts() });
    }
    if (asked === 'POST discrepancies') {
      return reply(response, 200, injectDiscrepancies(world, discrepancyRequest(await readJson(request))));
    }
    if (asked === 'POST clock') world.setNow(clockOf(await readJson(request)));
    else if (asked === 'POST records') changeRecords(world, listOf(await readJson(request)));
    else if (asked === 'POST accounts') changeAccounts(world, listOf(await readJson(request)));
    else if (asked === 'POST faults') faults.set(rulesOf(await readJson(request)));
    else if (asked === 'POST reset-stats') {
      statistics.reset();
      room.reset();
    } else return reply(response, 404, { error: `no such control: ${asked}` });
    reply(response, 200, { now: isoInstant(world.now) });
  } catch (error) {
    if (response.headersSent) response.destroy();
    else reply(response, 400, { error: error instanceof Error ? error.message : String(error) });
  }
}
