import { appendFile, cp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExitCode } from '../../src/domain/exit-code.js';
import {
  configFor,
  dataFolderOf,
  outputFolderOf,
  republish,
  runPipeline,
  suiteFolder,
  temporaryFolder,
} from '../support/pipeline-run.js';
import { filesBelow, hashesOf } from '../support/published.js';
import { type SimulatorHandle, startSimulatorHere } from '../support/simulator.js';

const world = { seed: 191, accounts: 8, records: 2000, from: '2026-10-05', to: '2026-10-08' };
const now = '2026-10-09T00:00:00Z';

const sound = suiteFolder();
let simulator: SimulatorHandle;
let hashes: Record<string, string>;
beforeAll(async () => {
  simulator = await startSimulatorHere({ ...world, now });
  await runPipeline(configFor(simulator, sound, world), { now });
  // A second run, so that records were observed twice and some prices changed between.
  await simulator.setClock('2026-10-11T00:00:00Z');
  await runPipeline(configFor(simulator, sound, world), { now: '2026-10-11T00:00:00Z' });
  hashes = await hashesOf(outputFolderOf(sound));
});
afterAll(() => simulator.stop());

/** A copy of the sound folders, to be damaged. */
async function copy(): Promise<string> {
  const folder = await temporaryFolder();
  await cp(sound, folder, { recursive: true });
  return folder;
}

const manifestOf = (folder: string): string => join(dataFolderOf(folder), 'manifest.jsonl');
const ledgerOf = (folder: string): string => join(dataFolderOf(folder), 'subledger.duckdb');
const landingOf = async (folder: string): Promise<string[]> => filesBelow(join(dataFolderOf(folder), 'landing'));
const lineOf = async (folder: string, has: string): Promise<number> =>
  (await readFile(manifestOf(folder), 'utf8')).split('\n').findIndex((line) => line.includes(has)) + 1;

async function flipByte(path: string): Promise<void> {
  const bytes = await readFile(path);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

/** What a report from this folder ends with. */
async function reportFailure(folder: string): Promise<{ exitCode: number; message: string }> {
  const failure = await republish(configFor(simulator, folder, world)).catch((error: unknown) => error);
  return failure as { exitCode: number; message: string };
}

describe(`the database, seed ${world.seed}`, () => {
  it('can be deleted: the next report makes it anew from the landing, with the same bytes', async () => {
    const folder = await copy();
    await rm(ledgerOf(folder));
    await rm(outputFolderOf(folder), { recursive: true });
    const months = await republish(configFor(simulator, folder, world));
    expect(months.map(({ changed }) => changed)).toEqual([true]);
    expect(await hashesOf(outputFolderOf(folder))).toEqual(hashes);
    const changes = await readFile(join(outputFolderOf(folder), '2026-10', 'price_changes.csv'), 'utf8');
    expect(changes.split('\n').length, 'history is rebuilt too').toBeGreaterThan(5);
  });

  it('is refused where it is no database', async () => {
    const folder = await copy();
    await writeFile(ledgerOf(folder), 'this is no database'.repeat(1000));
    const { exitCode, message } = await reportFailure(folder);
    expect(exitCode).toBe(ExitCode.storeDamaged);
    expect(message).toContain('subledger.duckdb');
    expect(await hashesOf(outputFolderOf(folder))).toEqual(hashes);
  });
});

describe('the manifest', () => {
  it('loses a last line that was torn by a crash, and nothing else', async () => {
    const folder = await copy();
    const before = await readFile(manifestOf(folder), 'utf8');
    await appendFile(manifestOf(folder), '{"sequence":99,"previous":"0123');
    await republish(configFor(simulator, folder, world));
    expect(await readFile(manifestOf(folder), 'utf8')).toBe(before);
    expect(await hashesOf(outputFolderOf(folder))).toEqual(hashes);
    // Torn inside its own last line, the end of a run: that run did not finish, what it landed counts.
    await truncate(manifestOf(folder), Buffer.byteLength(before) - 40);
    const run = await runPipeline(configFor(simulator, folder, world), { now: '2026-10-11T00:00:00Z' });
    expect(run.exitCode).toBe(0);
    expect(run.pulled.run).toBe(3);
    expect(await hashesOf(outputFolderOf(folder))).toEqual(hashes);
  });

  it.each([
    ['edited', (text: string) => text.replace('"rows":', '"rows":1')],
    ['short of a line', (text: string) => text.split('\n').toSpliced(2, 1).join('\n')],
    ['short of its end', (text: string) => `${text.split('\n').slice(0, -4).join('\n')}\n`],
    ['with two lines in the other order', (text: string) => swapLines(text.split('\n'), 1, 2).join('\n')],
    ['no JSON in a line', (text: string) => text.replace('{"sequence":3', '{sequence:3')],
  ])('is refused with 6 where it is %s, and names the line', async (_, damage) => {
    const folder = await copy();
    const text = await readFile(manifestOf(folder), 'utf8');
    expect(text.split('\n').length, 'two runs have lines enough').toBeGreaterThan(10);
    await writeFile(manifestOf(folder), damage(text));
    expect(await readFile(manifestOf(folder), 'utf8')).not.toBe(text);
    const { exitCode, message } = await reportFailure(folder);
    expect(exitCode).toBe(ExitCode.storeDamaged);
    expect(message).toContain('manifest.jsonl');
    expect(message).toMatch(/line \d+/);
    expect(await hashesOf(outputFolderOf(folder))).toEqual(hashes);
  });
});

describe('the landing', () => {
  it.each([
    ['changed in one bit', flipByte, /was changed since it was written/],
    ['missing', (path: string) => rm(path), /cannot be read/],
    ['cut short', (path: string) => truncate(path, 100), /was changed since it was written/],
  ])('with a file %s is refused with 6 when it is read, and the file is named', async (_, damage, message) => {
    const folder = await copy();
    const file = (await landingOf(folder)).find((path) => path.endsWith('-messages.parquet')) ?? '';
    await damage(file);
    await rm(ledgerOf(folder));
    const failure = await reportFailure(folder);
    expect(failure.exitCode).toBe(ExitCode.storeDamaged);
    expect(failure.message).toContain(file);
    expect(failure.message).toMatch(message);
    expect(await hashesOf(outputFolderOf(folder))).toEqual(hashes);
  });

  it('with a file that the manifest does not know is not read', async () => {
    const folder = await copy();
    const [file = ''] = (await landingOf(folder)).filter((path) => path.endsWith('-calls.parquet'));
    await cp(file, join(dataFolderOf(folder), 'landing', '00000099-calls.parquet'));
    await rm(ledgerOf(folder));
    await republish(configFor(simulator, folder, world));
    expect(await hashesOf(outputFolderOf(folder))).toEqual(hashes);
    expect(await lineOf(folder, '00000099')).toBe(0);
  });
});

function swapLines(lines: string[], one: number, other: number): string[] {
  const [a = '', b = ''] = [lines[one], lines[other]];
  return lines.with(one, b).with(other, a);
}
