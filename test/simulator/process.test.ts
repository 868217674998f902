import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { basicAuth, type SimulatorHandle, startSimulatorProcess } from '../support/simulator.js';
import { listPath, rowsOf, uncheckedApi } from './api.js';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

async function bytesOf(simulator: SimulatorHandle, paths: string[]): Promise<string[]> {
  const headers = basicAuth(simulator.accountSid, simulator.authToken);
  return Promise.all(paths.map(async (path) => (await fetch(simulator.baseUrl + path, { headers })).text()));
}

/** Resident memory of a process in megabytes. */
function residentMegabytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

describe.skipIf(!existsSync(CLI))('the process', () => {
  it('answers with the same bytes for the same seed, in any order and to many readers at once', async () => {
    const options = { records: 20_000, accounts: 9, seed: 8 };
    const [one, two] = await Promise.all([startSimulatorProcess(options), startSimulatorProcess(options)]);
    const { accounts } = await one.truth();
    const paths = accounts.flatMap(({ account_sid: sid }) => [
      listPath(sid, 'Calls', { PageSize: 1000 }),
      listPath(sid, 'Messages', { PageSize: 1000 }),
      listPath(sid, 'Usage/Records/Monthly', { IncludeSubaccounts: 'false' }),
    ]);
    const inTurn: string[] = [];
    for (const path of paths) inTurn.push(...(await bytesOf(one, [path])));
    const atOnce = await bytesOf(two, [...paths, ...paths].reverse());
    expect(atOnce.reverse()).toEqual([...inTurn, ...inTurn]);
    expect(await two.truth()).toEqual(await one.truth());
    await Promise.all([one.stop(), two.stop()]);
  });

  it('begins with the discrepancies that its flag names', async () => {
    const options = { records: 3000, accounts: 9, seed: 8 };
    const causes = ['surplus_rows', 'unexplained'] as const;
    const [one, two] = await Promise.all([
      startSimulatorProcess({ ...options, discrepancies: causes }),
      startSimulatorProcess(options),
    ]);
    const injected = await two.injectDiscrepancies({ seed: 8, causes, each: 2 });
    expect(injected).toHaveLength(4);
    expect((await one.truth()).discrepancies).toEqual(injected);
    await Promise.all([one.stop(), two.stop()]);
  });

  it('serves ten million records in little memory', async () => {
    const simulator = await startSimulatorProcess({ records: 10_000_000 });
    const api = uncheckedApi(simulator);
    const accounts = await api.rows('/2010-04-01/Accounts.json?PageSize=1000');
    let rows = 0;
    for (const { sid } of accounts.slice(0, 12)) {
      for (const [resource, name] of [
        ['Calls', 'StartTime'],
        ['Messages', 'DateSent'],
      ] as const) {
        const query = { PageSize: 1000, [`${name}>`]: '2026-09-30', [`${name}<`]: '2026-10-01T12:00:00Z' };
        let next: unknown = listPath(String(sid), resource, query);
        for (let page = 0; page < 4 && next !== null; page++) {
          const { json } = await api.get(String(next));
          rows += rowsOf(json).length;
          next = json.next_page_uri;
        }
      }
    }
    expect(rows).toBeGreaterThan(40_000);
    if (simulator.pid !== undefined) expect(residentMegabytes(simulator.pid)).toBeLessThan(300);
    await simulator.stop();
  });

  it('refuses an option that makes no sense, with exit code 2', () => {
    const run = (...flags: string[]): { status: number | null; stderr: string } =>
      spawnSync(process.execPath, [CLI, 'simulate', ...flags], { encoding: 'utf8', timeout: 10_000 });
    expect(run('--from', '2026-02-30')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('from must be a day'),
    });
  });

  it('ends at once when told to, though requests are open', async () => {
    const simulator = await startSimulatorProcess({ records: 1000, latencyMs: 5000 });
    const headers = basicAuth(simulator.accountSid, simulator.authToken);
    const open = fetch(`${simulator.baseUrl}/2010-04-01/Accounts.json`, { headers }).catch(() => 'cut');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const start = performance.now();
    await simulator.stop();
    expect(performance.now() - start).toBeLessThan(2000);
    expect(await open).toBe('cut');
  });
});
