import { writeFile } from 'node:fs/promises';
import http from 'node:http';
import { join } from 'node:path';
import type { Target } from '../simulator.js';
import { answer, readInput, used } from './usage.js';

/**
 * The most trivial reader there is: takes pages, counts their rows, and looks for nothing but the next address. With a folder it keeps
 * them there; with a number of pages, also so many of each account's list without date filter, apart.
 */

interface Input {
  readonly target: Target;
  readonly concurrency: number;
  readonly folder?: string;
  readonly undatedPages?: number;
}

export interface ReaderResult {
  readonly rows: number;
  readonly pages: number;
  readonly megabytes: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

const { target, concurrency, folder, undatedPages = 0 } = readInput<Input>();
const agent = new http.Agent({ keepAlive: true, maxSockets: concurrency });
const authorization = `Basic ${Buffer.from(`${target.accountSid}:${target.authToken}`).toString('base64')}`;

function get(path: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const request = http.get(`${target.baseUrl}${path}`, { agent, headers: { authorization } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks)));
    });
    request.on('error', reject);
  });
}

const rowMark = Buffer.from('"sid":"CA');
const nextMark = Buffer.from('"next_page_uri":"');

function rowsOf(page: Buffer): number {
  let rows = 0;
  for (let at = page.indexOf(rowMark); at !== -1; at = page.indexOf(rowMark, at + rowMark.length)) rows += 1;
  return rows;
}

function nextOf(page: Buffer): string | undefined {
  const at = page.indexOf(nextMark);
  if (at === -1) return undefined;
  const start = at + nextMark.length;
  return page.toString('latin1', start, page.indexOf('"', start));
}

async function accountSids(): Promise<string[]> {
  const page = JSON.parse((await get('/2010-04-01/Accounts.json?PageSize=1000')).toString('utf8')) as {
    readonly accounts: readonly { readonly sid: string }[];
  };
  return page.accounts.map(({ sid }) => sid);
}

let [rows, pages, bytes] = [0, 0, 0];
const queue = (await accountSids()).values();
const startedMs = performance.now();
async function work(): Promise<void> {
  for (const sid of queue) {
    const list = `/2010-04-01/Accounts/${sid}/Calls.json?PageSize=1000`;
    const span = `StartTime%3E=${target.from}T00:00:00Z&StartTime%3C=${target.to}T00:00:00Z`;
    await readList(`${list}&${span}`, Number.POSITIVE_INFINITY, '');
    await readList(list, undatedPages, 'undated-');
  }
}

async function readList(first: string, pagesMax: number, name: string): Promise<void> {
  let path: string | undefined = first;
  for (let page = 0; path !== undefined && page < pagesMax; page += 1) {
    const body: Buffer = await get(path);
    rows += rowsOf(body);
    pages += 1;
    bytes += body.length;
    if (folder !== undefined) await writeFile(join(folder, `${name}${pages}.json`), body);
    path = nextOf(body);
  }
}
await Promise.all(Array.from({ length: concurrency }, work));
const seconds = (performance.now() - startedMs) / 1000;
agent.destroy();
answer({ rows, pages, megabytes: bytes / 1e6, seconds, cpuSeconds: used().cpuSeconds } satisfies ReaderResult);
