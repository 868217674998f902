import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.js';
import { commitFile, digestFile, makeFolder } from '../../src/adapters/files.js';
import { ManifestFile } from '../../src/adapters/manifest-file.js';
import { PageParser } from '../../src/adapters/page-parser.js';
import { loadQueries } from '../../src/adapters/query-files.js';
import { ExitCode } from '../../src/domain/exit-code.js';
import { landingRowsMax } from '../../src/domain/limits.js';
import type { ManifestLine } from '../../src/domain/manifest.js';
import { dropUris, withPrices } from '../../src/domain/slim-rows.js';
import type { Task } from '../../src/domain/task.js';
import { Lander } from '../../src/stages/land.js';
import { temporaryFolder } from '../support/pipeline-run.js';
import { makeTask, subSid } from '../support/run-extract.js';

const accountSid = subSid(7);
const call = (number: number) => ({
  sid: `CA${String(number).padStart(32, '0')}`,
  account_sid: accountSid,
  status: 'completed',
  direction: 'inbound',
  start_time: 'Mon, 05 Oct 2026 10:00:00 +0000',
  price: '-0.0085',
  price_unit: 'USD',
});

const pageOf = (task: Task, pageNumber: number, json: string) => ({
  task,
  pageNumber,
  observedAt: '2026-11-02T00:00:00Z',
  rows: withPrices(dropUris(Buffer.from(json))),
  times: undefined,
  last: pageNumber === 2,
  alone: false,
  completeFrom: pageNumber === 2 ? task.window?.start : undefined,
});
const good = (task: Task, pageNumber: number) => pageOf(task, pageNumber, JSON.stringify([call(pageNumber)]));

async function withLander(work: (lander: Lander) => Promise<void>): Promise<ManifestLine[]> {
  const folder = await temporaryFolder();
  await makeFolder(join(folder, 'landing'));
  const manifest = await ManifestFile.open(join(folder, 'manifest.jsonl'), () => undefined);
  const lines: ManifestLine[] = [];
  const parser = await PageParser.open(await loadQueries(), { phoneNumbers: 'mask', run: 1 });
  const ports = {
    parser,
    manifest: {
      get nextSequence() {
        return manifest.nextSequence;
      },
      append: async (entry: Parameters<typeof manifest.append>[0]) => void lines.push(await manifest.append(entry)),
    },
    files: {
      place: (name: string) => ({ temporary: join(folder, `${name}.part`), final: join(folder, name) }),
      digest: digestFile,
      commit: commitFile,
    },
    now: () => '2026-11-02T00:00:00Z',
    sleep: systemClock.sleep,
  };
  try {
    await work(new Lander(ports, 1) as Lander);
  } finally {
    parser.close();
  }
  return lines;
}

const completed = (lines: readonly ManifestLine[]) =>
  lines.flatMap((line) => (line.kind === 'landed' ? line.tasks : [])).filter((task) => task.outcome === 'complete');

it('a task is not complete by its last page where one before it was malformed, and is after it came again', async () => {
  const task = makeTask('calls', accountSid);
  const lines = await withLander(async (lander) => {
    const first = [good(task, 0), pageOf(task, 1, '[{"sid":"CA1",]'), good(task, 2)];
    const verdicts = await Promise.all(first.map((page) => lander.accept(page)));
    expect(verdicts.map((verdict) => verdict.kind)).toEqual(['accepted', 'malformed', 'accepted']);
    await lander.finish([]);
  });
  expect(completed(lines)).toEqual([]);

  const again = await withLander(async (lander) => {
    await Promise.all([good(task, 0), pageOf(task, 1, '[{]'), good(task, 2)].map((page) => lander.accept(page)));
    lander.restart(task);
    await Promise.all([0, 1, 2].map((number) => lander.accept(good(task, number))));
    await lander.finish([]);
  });
  expect(completed(again)).toMatchObject([{ number: task.number, pages: 3, rows: 3 }]);
  // What was observed stays: two rows of the first try, three of the second.
  expect(again).toMatchObject([{ rows: 5, controls: [{ currency: 'USD', rows: 5, priced: 5, sum: '-0.04250000' }] }]);
});

it('a file that cannot be written fails the pages behind it, not in silence', async () => {
  const task = makeTask('calls', accountSid);
  const folder = await temporaryFolder();
  const parser = await PageParser.open(await loadQueries(), { phoneNumbers: 'mask', run: 1 });
  const nowhere = join(folder, 'not-there', 'x.parquet');
  const lander = new Lander(
    {
      parser,
      manifest: { nextSequence: 1, append: async () => undefined },
      files: { place: () => ({ temporary: nowhere, final: nowhere }), digest: digestFile, commit: commitFile },
      now: () => '2026-11-02T00:00:00Z',
      sleep: systemClock.sleep,
    },
    1,
  );
  await lander.accept(good(task, 0));
  await expect(lander.finish([])).rejects.toThrow(/x\.parquet/);
  parser.close();
});

it('regression: a file under way when a pull fails is written to its end before anything is closed', async () => {
  const task = makeTask('calls', accountSid);
  const full = JSON.stringify(Array.from({ length: landingRowsMax }, (_, number) => call(number)));
  const lines = await withLander(async (lander) => {
    await lander.accept(pageOf(task, 0, full));
    await lander.settled();
  });
  expect(lines).toMatchObject([{ kind: 'landed', rows: landingRowsMax }]);
});

it('of a list without date filter only what has no date and was created in the window is landed', async () => {
  const task = makeTask('undated_calls', accountSid);
  const created = (date_created: string, start_time: string | null) => ({ ...call(1), start_time, date_created });
  const rows = [
    created('Mon, 05 Oct 2026 10:00:00 +0000', 'Mon, 05 Oct 2026 10:00:00 +0000'),
    created('Mon, 05 Oct 2026 11:00:00 +0000', null),
    created('Mon, 05 Oct 2026 12:00:00 +0000', ''),
    created('Mon, 05 Oct 2020 10:00:00 +0000', null),
  ];
  const lines = await withLander(async (lander) => {
    const verdicts = await Promise.all([
      lander.accept(pageOf(task, 0, JSON.stringify(rows))),
      lander.accept(pageOf(task, 1, JSON.stringify([rows[0]]))),
      lander.accept(pageOf(task, 2, JSON.stringify([created('never', null)]))),
    ]);
    expect(verdicts).toMatchObject([
      { kind: 'accepted', rows: 2 },
      { kind: 'accepted', rows: 0 },
      { kind: 'refused', detail: '1 of its 1 rows lack a required field' },
    ]);
    await lander.finish([]);
  });
  expect(lines).toMatchObject([{ kind: 'landed', rows: 2 }]);
});

describe('received = landed', () => {
  const priced = (price: string, unit = '"USD"') =>
    `{"sid":"CA${'0'.repeat(32)}","account_sid":"${accountSid}","status":"completed","direction":"inbound",` +
    `"start_time":"Mon, 05 Oct 2026 10:00:00 +0000",${price},"price_unit":${unit}}`;
  const landedOf = (rows: readonly string[]) =>
    withLander(async (lander) => {
      const verdict = await lander.accept(pageOf(makeTask('calls', accountSid), 0, `[${rows.join(',')}]`));
      expect(verdict).toMatchObject({ kind: 'accepted' });
      await lander.finish([]);
    });

  it('however the prices are written', async () => {
    const rows = [
      '"-0.0085"',
      '-1.50',
      String.raw`"\u002d0.5"`,
      '"0.123456789"',
      '"1e-3"',
      '""',
      'null',
      '"7.25000000000"',
    ];
    const lines = await landedOf([...rows.map((price) => priced(`"price":${price}`)), priced('"price":"2"', '"jpy"')]);
    expect(lines).toMatchObject([
      {
        controls: [
          { currency: 'JPY', rows: 1, priced: 1, sum: '2.00000000' },
          { currency: 'USD', rows: 8, priced: 4, sum: '5.24150000' },
        ],
      },
    ]);
  });

  it.each([
    [
      'prices that a parser passes over',
      [priced('"price":"-1","price":"-2"'), priced('"x":1')],
      'calls in USD: 2 rows, 2 priced, -3.00000000 were received, 2 rows, 1 priced, -1.00000000 came to landing.',
    ],
    [
      'a currency that a parser passes over',
      [priced('"price_unit":"EUR","price":"-1"')],
      'calls in USD: 1 rows, 1 priced, -1.00000000 were received, no rows came to landing.',
    ],
  ])('or the run ends with 6, nothing is announced: %s', async (_, rows, message) => {
    const failure = await landedOf(rows).catch((error: unknown) => error);
    expect(failure).toMatchObject({ exitCode: ExitCode.storeDamaged, message: expect.stringContaining(message) });
  });

  it.each([
    ['more prices than rows', [priced('"price":"-1","price":"-2"')], 'its 1 rows have 2 fields "price"'],
    ['fewer prices than rows', [priced('"x":1')], '1 of its 1 rows have no field "price"'],
    ['a price unit that is no text', [priced('"price":"-1"', '1')], 'have not one field "price_unit"'],
    ['a row without a price unit', [priced('"price":"-1"').replace(/,"price_unit":"USD"}$/, '}')], '"price_unit"'],
  ])('a page with %s is refused before', async (_, rows, detail) => {
    const lines = await withLander(async (lander) => {
      const verdict = await lander.accept(pageOf(makeTask('calls', accountSid), 0, `[${rows.join(',')}]`));
      expect(verdict).toMatchObject({ kind: 'refused', detail: expect.stringContaining(detail) });
      await lander.finish([]);
    });
    expect(lines).toEqual([]);
  });

  it('of lists with and without date filter in one file, each by what is landed of it', async () => {
    const undated = makeTask('undated_calls', accountSid);
    const created = (row: object, price: string) => ({ ...call(2), date_created: call(2).start_time, ...row, price });
    const page = [created({}, '-5'), created({ start_time: null }, '-3')];
    const lines = await withLander(async (lander) => {
      const pages = [
        good({ ...makeTask('calls', accountSid), number: 1 }, 0),
        pageOf({ ...undated, number: 2 }, 0, JSON.stringify(page)),
      ];
      await Promise.all(pages.map((one) => lander.accept(one)));
      await lander.finish([]);
    });
    expect(lines).toMatchObject([{ rows: 2, controls: [{ currency: 'USD', rows: 2, priced: 2, sum: '-3.00850000' }] }]);
  });
});
