import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentFor, runCli } from '../support/cli.js';
import { configFor, dataFolderOf, outputFolderOf, runPipeline, temporaryFolder } from '../support/pipeline-run.js';
import { hashesOf } from '../support/published.js';
import { type SimulatorHandle, startSimulatorProcess } from '../support/simulator.js';

const world = { seed: 171, accounts: 13, records: 1500, from: '2026-08-03', to: '2026-08-09' };
const firstHalf = { from: world.from, to: '2026-08-06' };
/** Long after the look-back, and after the 30 days in which unpriced records make their days due. */
const now = '2026-10-20T00:00:00Z';

let simulator: SimulatorHandle;
beforeAll(async () => {
  simulator = await startSimulatorProcess(world);
});
afterAll(() => simulator.stop());

interface PlannedTask {
  account_sid: string;
  resource: string;
  start: string;
  end: string;
  reason: string;
  rows: number | null;
  requests: number;
}

interface Plan {
  accounts: number;
  requests: number;
  requests_at_least: boolean;
  latency_ms: number;
  seconds: number;
  groups: { resource: string; reason: string; tasks: number; requests: number }[];
  tasks: PlannedTask[];
  notes: string[];
}

async function dryRun(folder: string, flags: readonly string[], command = 'run'): Promise<string> {
  const folders = ['--data-dir', dataFolderOf(folder), '--output-dir', outputFolderOf(folder)];
  const args = [command, '--dry-run', '--from', world.from, '--to', world.to, ...folders, '--quiet', ...flags];
  const { code, stdout, stderr } = await runCli(args, { env: environmentFor(simulator), cwd: folder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

const planOf = async (folder: string, command?: string): Promise<Plan> =>
  JSON.parse(await dryRun(folder, ['--json'], command)) as Plan;

/** The windows that the simulator was asked for, as its log of requests tells them. */
async function askedWindows(): Promise<string[]> {
  const { log = [] } = await simulator.stats(true);
  const windows = log.map(({ url }) => {
    const { pathname, searchParams } = new URL(url, simulator.baseUrl);
    const [, , , account = '', list = ''] = pathname.split('/');
    const name = list === 'Calls.json' ? 'StartTime' : 'DateSent';
    if (list === 'Usage') {
      const last = Date.parse(`${searchParams.get('EndDate')}T00:00:00Z`);
      const end = new Date(last + 86_400_000).toISOString().slice(0, 10);
      const whose = searchParams.get('IncludeSubaccounts') === 'true' ? 'consolidated_usage_records' : 'usage_records';
      return `${account} ${whose} ${searchParams.get('StartDate')} ${end}`;
    }
    const [start, end] = [searchParams.get(`${name}>`), searchParams.get(`${name}<`)];
    const resource = list.toLowerCase().replace('.json', '');
    if (start === null) return `${account} undated_${resource}`;
    return `${account} ${resource} ${start.slice(0, 10)} ${end?.slice(0, 10)}`;
  });
  return [...new Set(windows.filter((text) => /calls|messages|usage/.test(text)))].sort();
}

/** As the simulator sees them: a list without date filter is asked for without days. */
const plannedWindows = ({ tasks }: Plan): string[] =>
  tasks
    .map(({ account_sid, resource, start, end }) =>
      resource.startsWith('undated_')
        ? `${account_sid} ${resource}`
        : `${account_sid} ${resource} ${start.slice(0, 10)} ${end.slice(0, 10)}`,
    )
    .sort();

const lists = ['calls', 'messages', 'usage_records', 'undated_calls', 'undated_messages'];

describe('a dry run where nothing was pulled yet', () => {
  it.each(['run', 'extract'])(
    'of %s plans everything, asks for the account list alone and makes no folder',
    async (command) => {
      const folder = await temporaryFolder();
      await simulator.resetStats();
      const plan = await planOf(folder, command);
      const { log = [] } = await simulator.stats(true);
      expect(log.map(({ url }) => url.split('?')[0])).toEqual(['/2010-04-01/Accounts.json']);
      const { accounts } = await simulator.truth();
      expect(plan.accounts).toBe(accounts.length);
      const wanted = accounts.flatMap((account) =>
        lists.map((list) =>
          list.startsWith('undated_')
            ? `${account.account_sid} ${list}`
            : `${account.account_sid} ${list} ${world.from} ${world.to}`,
        ),
      );
      // The main account's usage with its subaccounts.
      wanted.push(`${simulator.accountSid} consolidated_usage_records ${world.from} ${world.to}`);
      expect(plannedWindows(plan)).toEqual(wanted.sort());
      expect([plan.requests, plan.requests_at_least]).toEqual([wanted.length, true]);
      expect(plan.groups.map((group) => [group.resource, group.tasks])).toEqual([
        ...lists.map((list) => [list, accounts.length]),
        ['consolidated_usage_records', 1],
      ]);
      expect(new Set(plan.tasks.map((task) => [task.rows, task.requests].join()))).toEqual(new Set([',1']));
      expect(plan.latency_ms).toBeGreaterThan(0);
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it('says it for people, and how many tasks it does not list', async () => {
    const folder = await temporaryFolder();
    const lines = (await dryRun(folder, ['--account', simulator.accountSid])).trim().split('\n');
    expect(lines[0]).toBe(
      'Plan for 2026-08-03 to 2026-08-09 (exclusive, UTC): 6 windows of 1 accounts. Nothing was changed.',
    );
    expect(lines[1]).toBe('  calls: 1 not yet settled, 1 requests');
    expect(lines[7]).toMatch(
      /^Requests: at least 6\. Time: at least about \d+ s, with 20 requests in flight and \d+ ms/,
    );
    expect(lines.slice(8)).toEqual(
      [...lists, 'consolidated_usage_records'].map(
        (list) => `${simulator.accountSid} ${list} from 2026-08-03 to 2026-08-09: not yet settled, at least 1 request`,
      ),
    );
    const all = (await dryRun(folder, [])).trim().split('\n');
    const told = all.filter((line) => !line.startsWith('Warning: '));
    expect(told).toHaveLength(1 + 6 + 1 + 40 + 1);
    expect(told.at(-1)).toBe('… and 31 more: --json lists all');
    const closed = (await simulator.truth()).accounts.filter((one) => (one.ended_at ?? '') > world.from);
    const warned = all.filter((line) => line.startsWith('Warning: ')).map((line) => line.slice(9, 43));
    expect(warned.sort()).toEqual(
      closed
        .filter((one) => one.status === 'closed')
        .map((one) => one.account_sid)
        .sort(),
    );
    expect(existsSync(dataFolderOf(folder))).toBe(false);
  });
});

describe('a dry run over a ledger', () => {
  it('plans what the run then asks for, with the rows of the past, and changes nothing', async () => {
    const folder = await temporaryFolder();
    await runPipeline(configFor(simulator, folder, firstHalf), { now });
    const before = await hashesOf(folder);
    await simulator.resetStats();
    const plan = await planOf(folder);
    expect((await simulator.stats()).requests).toBe(1);
    expect(await hashesOf(folder)).toEqual(before);
    expect(plan.notes).toEqual([]);
    expect(plan.requests_at_least).toBe(false);

    // The days left are as many as those pulled: so many rows are expected again.
    const { days } = await simulator.truth(firstHalf);
    for (const { account_sid, resource, rows } of plan.tasks.filter(
      (task) => !task.resource.endsWith('usage_records'),
    )) {
      const past = days.filter((day) => day.account_sid === account_sid && day.service === resource.split('_').at(-1));
      expect(rows, `${account_sid} ${resource}`).toBe(past.reduce((sum, day) => sum + day.count, 0));
    }
    await simulator.resetStats();
    const run = await runPipeline(configFor(simulator, folder, world), { now });
    expect(plannedWindows(plan)).toEqual(await askedWindows());
    expect(plan.requests).toBe(run.pulled.extract.requests);
  });

  it('knows what is landed and not loaded yet, as after extract', async () => {
    const folder = await temporaryFolder();
    const flags = ['--from', firstHalf.from, '--to', firstHalf.to, '--quiet', '--data-dir', dataFolderOf(folder)];
    expect((await runCli(['extract', ...flags], { env: environmentFor(simulator), cwd: folder })).code).toBe(0);
    const before = await hashesOf(folder);
    const plan = await planOf(folder);
    expect(await hashesOf(folder)).toEqual(before);
    expect(plan.notes).toEqual([expect.stringContaining('landed and not loaded yet')]);
    await simulator.resetStats();
    await runPipeline(configFor(simulator, folder, world), { now });
    expect(plannedWindows(plan)).toEqual(await askedWindows());
  });

  it('says where the ledger must be made anew, so that the run will know more', async () => {
    const folder = await temporaryFolder();
    await runPipeline(configFor(simulator, folder, firstHalf), { now });
    await rm(`${dataFolderOf(folder)}/subledger.duckdb`);
    const before = await hashesOf(folder);
    const plan = await planOf(folder);
    expect(plan.notes).toEqual([expect.stringContaining('must be made anew from the landing')]);
    expect(plan.tasks).toHaveLength(5 * plan.accounts + 1);
    expect(await hashesOf(folder)).toEqual(before);
  });

  it('of another main account is refused', async () => {
    const folder = await temporaryFolder();
    await runPipeline(configFor(simulator, folder, firstHalf, { accounts: [simulator.accountSid] }), { now });
    const before = await hashesOf(folder);
    const env = { ...environmentFor(simulator), TWILIO_ACCOUNT_SID: `AC${'9'.repeat(32)}` };
    const { code, stderr } = await runCli(['run', '--dry-run', '--quiet', '--month', '2026-08'], { env, cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(/belongs to the main account/);
    expect(await hashesOf(folder)).toEqual(before);
  });
});
