import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readLanding } from '../support/landing.js';
import { type OpenApiExample, openApiExamples } from '../support/openapi.js';
import { configFor, outputFolderOf, type PipelineRun, runPipeline, temporaryFolder } from '../support/pipeline-run.js';
import { readRows } from '../support/published.js';
import { type SeenRequest, startScriptedServer } from '../support/scripted-server.js';

/** The account of all examples. */
const accountSid = `AC${'a'.repeat(32)}`;
const lists = { '/Calls.json': 'ListCall', '/Messages.json': 'ListMessage', '/Daily.json': 'ListUsageRecordDaily' };

let examples: OpenApiExample[];
beforeAll(async () => {
  examples = await openApiExamples();
});

function example(operationId: string, name: string): Record<string, unknown> {
  const found = examples.find((one) => one.operationId === operationId && one.name === name);
  if (found === undefined) throw new Error(`the document has no example ${operationId} ${name}`);
  return found.value;
}

type Answers = (operationId: string, request: SeenRequest) => Record<string, unknown>;

/** Pulls and publishes from a server that gives these answers; the account list is the document's, as it is. */
async function runWith(answers: Answers, days: { from: string; to: string }, folder: string): Promise<PipelineRun> {
  const server = await startScriptedServer((request) => {
    if (request.path === '/2010-04-01/Accounts.json') return { body: example('ListAccount', 'readFull') };
    const operationId = Object.entries(lists).find(([end]) => request.path.endsWith(end))?.[1] ?? '';
    return { body: answers(operationId, request) };
  });
  try {
    const place = { baseUrl: server.url, accountSid, authToken: 'secret' };
    // One request at a time: the server knows no windows, so that a list must not be divided.
    const config = configFor(place, folder, days, { concurrency: 1 });
    return await runPipeline(config, { now: '2026-11-20T00:00:00Z' });
  } finally {
    await server.close();
  }
}

/** An example with its addresses as Twilio would write them for our request; all else is the document's. */
function echoing(value: Record<string, unknown>, request: SeenRequest, next: string | null): Record<string, unknown> {
  return { ...value, uri: request.url, first_page_uri: request.url, next_page_uri: next };
}

const nextPage = ({ url }: SeenRequest): string => `${url}&Page=1&PageToken=PACA${'a'.repeat(31)}0`;

/** Less the one that these examples are older than what Twilio keeps. */
const warningsOf = (run: PipelineRun): string[] =>
  run.pulled.extract.warnings.filter((warning) => !/^Messages of .* keeps them 400 days/.test(warning));

describe('the examples of Twilio’s OpenAPI document, exactly as they are', () => {
  const calls = ['readFullPage1', 'readFullPage2', 'readEmptyDatesGreater', 'readEmptyDateFunDateFormats'];
  const messages = ['readFullPage1', 'readEmptySentdateLess', 'readEmptySentdateEquals', 'readEmptySentdateGreater'];
  const usage = ['readFull', 'readEmpty', 'readFull', 'readEmpty'];
  // The examples begin on 2008-01-02 where they have a `>`: with that day, it is the other bound that is missing.
  const named = [
    ['2019-10-18', 'StartTime>', 'DateSent>'],
    ['2019-10-18', 'StartTime>', 'DateSent>'],
    ['2008-01-02', 'StartTime<', 'DateSent>'],
    ['2008-01-02', 'StartTime>', 'DateSent<'],
  ] as const;

  it.each([0, 1, 2, 3])(
    'are answers to other requests than ours, and refused with the filter’s name (%i)',
    async (at) => {
      const folder = await temporaryFolder();
      const names: Record<string, string | undefined> = {
        ListCall: calls[at],
        ListMessage: messages[at],
        ListUsageRecordDaily: usage[at],
      };
      const [from, callFilter, messageFilter] = named[at] ?? ['', '', ''];
      const to = `${from.slice(0, 8)}${String(Number(from.slice(8)) + 1).padStart(2, '0')}`;
      const run = await runWith((operationId) => example(operationId, names[operationId] ?? ''), { from, to }, folder);
      expect(run.exitCode).toBe(4);
      // A list without date filter has none to repeat.
      const filtered = run.pulled.extract.failures.filter(({ task }) => !task.resource.startsWith('undated_'));
      const told = filtered.map(({ task, outcome, error }) => [task.resource, outcome, error.message]);
      expect(told).toEqual([
        ['calls', 'failed', expect.stringContaining(`the filter ${callFilter}`)],
        ['messages', 'failed', expect.stringContaining(`the filter ${messageFilter}`)],
        ['usage_records', 'failed', expect.stringContaining('the filter StartDate')],
        ['consolidated_usage_records', 'failed', expect.stringContaining('the filter StartDate')],
      ]);
      for (const resource of ['calls', 'messages', 'usage_records'] as const) {
        expect(await readLanding(join(folder, 'data'), resource)).toEqual([]);
      }
      const monthFolder = join(outputFolderOf(folder), from.slice(0, 7));
      expect(await readRows(join(monthFolder, 'customer_cost.csv'))).toEqual([]);
      const day = (await readRows(join(monthFolder, 'completeness.csv'))).filter((row) => row.day === from);
      expect(day.map((row) => row.status)).toEqual(['failed', 'failed', 'failed']);
    },
  );
});

describe('the same examples, with the addresses that Twilio would echo for our requests', () => {
  it('gives calls of two pages: currencies apart, duplicates once, numbers masked', async () => {
    const folder = await temporaryFolder();
    const run = await runWith(
      (operationId, request) => {
        if (operationId !== 'ListCall') return echoing(example(operationId, emptyOf[operationId] ?? ''), request, null);
        const second = request.query.has('PageToken');
        const page = example(operationId, second ? 'readFullPage2' : 'readFullPage1');
        return echoing(page, request, second ? null : nextPage(request));
      },
      { from: '2019-10-18', to: '2019-10-19' },
      folder,
    );
    expect(run.exitCode).toBe(0);
    expect(warningsOf(run)).toEqual([]);
    const monthFolder = join(outputFolderOf(folder), '2019-10');
    const costs = await readRows(join(monthFolder, 'account_cost.csv'));
    expect(costs.map((row) => [row.currency, row.calls_count, row.calls_minutes, row.calls_cost])).toEqual([
      ['JPY', '1', '1', '0.10000000'],
      ['USD', '1', '1', '0.20000000'],
    ]);
    const landed = await readLanding(join(folder, 'data'), 'calls');
    expect(landed).toHaveLength(4);
    const parties = landed.map((row) => `${row.sid} ${row.direction} ${row.from} ${row.to}`);
    expect([...new Set(parties)].sort()).toEqual([
      `CA${'a'.repeat(31)}0 inbound +1305141**** +13051913580`,
      `CA${'a'.repeat(32)} outbound-api +13051416799 +1305191****`,
    ]);
    const formulas = await readRows(join(monthFolder, 'price_times_duration.csv'));
    expect(formulas.map((row) => [row.currency, row.charged_cost, row.price_times_seconds])).toEqual([
      ['JPY', '0.10000000', '0.30000000'],
      ['USD', '0.20000000', '0.80000000'],
    ]);
  });

  it('keeps a call whose SID has the wrong length, with a warning', async () => {
    const folder = await temporaryFolder();
    const [whole, odd] = [`CA${'a'.repeat(31)}0`, `CA${'a'.repeat(30)}0`];
    const run = await runWith(
      (operationId, request) => {
        const name = operationId === 'ListCall' ? 'readFullPage1' : (emptyOf[operationId] ?? '');
        const text = JSON.stringify(example(operationId, name)).replaceAll(whole, odd);
        return echoing(JSON.parse(text), request, null);
      },
      { from: '2019-10-18', to: '2019-10-19' },
      folder,
    );
    expect(run.exitCode).toBe(0);
    expect(warningsOf(run)).toEqual([expect.stringMatching(/^1 rows have a sid .* they are kept$/)]);
    const costs = await readRows(join(outputFolderOf(folder), '2019-10', 'account_cost.csv'));
    expect(costs.map((row) => [row.currency, row.calls_cost])).toEqual([
      ['JPY', '0.10000000'],
      ['USD', '0.20000000'],
    ]);
  });

  it('gives messages: each once, without their bodies, numbers masked', async () => {
    const folder = await temporaryFolder();
    const run = await runWith(
      (operationId, request) => {
        const name = operationId === 'ListMessage' ? 'readFullPage1' : (emptyOf[operationId] ?? '');
        const token = request.query.has('PageToken');
        const full = operationId === 'ListMessage' && !token;
        return echoing(example(operationId, name), request, full ? nextPage(request) : null);
      },
      { from: '2019-05-24', to: '2019-05-25' },
      folder,
    );
    expect(run.exitCode).toBe(0);
    const [row, ...others] = await readRows(join(outputFolderOf(folder), '2019-05', 'customer_cost.csv'));
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      ...{ customer_id: 'friendly_name', currency: 'USD', messages_count: '2', message_segments: '2' },
      ...{ messages_cost: '0.01500000', itemised_cost: '0.01500000', unpriced_messages: '0' },
    });
    const landed = await readLanding(join(folder, 'data'), 'messages');
    expect(landed).toHaveLength(4);
    expect(landed.map((one) => `${one.direction} ${one.from} ${one.to}`).sort()).toEqual([
      ...Array.from({ length: 2 }, () => 'inbound +1201923**** +18182008801'),
      ...Array.from({ length: 2 }, () => 'outbound-api +12019235161 +1818200****'),
    ]);
    expect(JSON.stringify(landed)).not.toMatch(/testing|look mom/);
    const accounts = await readLanding(join(folder, 'data'), 'accounts');
    expect(JSON.stringify(accounts)).not.toContain('auth_token');
  });
});

const emptyOf: Record<string, string> = {
  ListCall: 'readEmptyDatesGreater',
  ListMessage: 'readEmptySentdateGreater',
  ListUsageRecordDaily: 'readEmpty',
};

describe('echoed filters in the date formats of the examples', () => {
  // 2019-06-11T00:00:00Z, and an hour later.
  const formats = [
    ['2019-06-11', '2019-06-11 01:00:00.000'],
    ['2019-06-11 00:00:00.000', '2019-06-11 01:00:00.000'],
    ['06/10/2019 17:00:00 MST', '06/10/2019 18:00:00 MST'],
    ['Tue, 11 Jun 2019 00:00:00 -0000', 'Tue, 11 Jun 2019 01:00:00 -0000'],
    ['2019-06-11T00:00:00Z', '2019-06-11T00:00:00+01:00'],
  ] as const;

  it('are understood, and refused where they mean another time', async () => {
    for (const [same, other] of formats) {
      const folder = await temporaryFolder();
      const asked: string[] = [];
      const run = await runWith(
        (operationId, request) => {
          const answer = echoing(example(operationId, emptyOf[operationId] ?? ''), request, null);
          if (operationId === 'ListUsageRecordDaily') return answer;
          const name = operationId === 'ListCall' ? 'StartTime' : 'DateSent';
          const start = request.query.get(`${name}>`);
          if (start === null) return answer;
          asked.push(start);
          const echoed = new URLSearchParams(request.query);
          echoed.set(`${name}>`, operationId === 'ListCall' ? same : other);
          return { ...answer, uri: `${request.path}?${echoed}` };
        },
        { from: '2019-06-11', to: '2019-06-12' },
        folder,
      );
      expect(new Set(asked)).toEqual(new Set(['2019-06-11T00:00:00Z']));
      const failed = run.pulled.extract.failures.map(({ task, error }) => [task.resource, error.message]);
      expect(failed, same).toEqual([
        ['messages', expect.stringContaining('understood the filter DateSent> otherwise')],
      ]);
    }
  });
});
