import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Config } from '../../src/config.js';
import type { PipelineEvent } from '../../src/domain/pipeline-event.js';
import type { FaultRule } from '../../src/simulator/faults.js';
import { environmentFor, startCli } from './cli.js';
import { Draw } from './draw.js';
import { manifestOf } from './manifest-lines.js';
import { configFor, dataFolderOf, outputFolderOf, type PipelineRun, runPipeline } from './pipeline-run.js';
import type { Days, Mishap, RunPlan, Upset, WorldPlan } from './random-world.js';
import type { SimulatorHandle } from './simulator.js';
import { factsOf, recordsOf, type startTwin, type Universe, type WorldRecord } from './universe.js';

/** What happened to one record, beside what its seed says. */
export interface Fate {
  deleted: boolean;
  /** Prices that it was given, oldest first; null = taken back. */
  readonly prices: (string | null)[];
}

/** A world while it is pulled: what it holds, and all that has happened to it so far. */
export class Story {
  readonly fates = new Map<string, Fate>();
  /** The simulated clock, and all the instants at which it stood. */
  readonly clocks: string[];
  /** What the product told, by kind of event. */
  readonly told = new Map<string, number>();
  /** The product's wall clock, milliseconds. */
  productMs: number;

  private constructor(
    readonly plan: WorldPlan,
    readonly folder: string,
    readonly simulator: SimulatorHandle,
    readonly twin: SimulatorHandle,
    readonly universe: Universe,
    /** Those among them that no longer change but for their price: only they vanish. */
    private readonly finished: readonly WorldRecord[],
    private readonly subaccounts: readonly string[],
    private readonly draw: Draw,
  ) {
    this.clocks = [plan.start];
    const isKilled = plan.runs.some((run) => run.end === 'kill');
    this.productMs = isKilled ? Date.now() : Date.parse(plan.start);
  }

  static async begin(
    plan: WorldPlan,
    folder: string,
    simulator: SimulatorHandle,
    twin: Awaited<ReturnType<typeof startTwin>>,
  ): Promise<Story> {
    const universe = await recordsOf(twin);
    await twin.setClock(plan.start);
    const before = await recordsOf(twin);
    const finished = [...universe.values()].filter((record) => {
      const early = before.get(record.sid);
      return record.service === 'messages' || (early !== undefined && factsOf(early) === factsOf(record));
    });
    // Asking for the truth lays the traffic down, before accounts are suspended.
    const { accounts } = await simulator.truth();
    await simulator.setClock(plan.start);
    const subaccounts = accounts.map((one) => one.account_sid).filter((sid) => sid !== simulator.accountSid);
    return new Story(plan, folder, simulator, twin, universe, finished, subaccounts, new Draw(plan.seed + 1));
  }

  private readonly onEvent = ({ kind }: PipelineEvent): void => {
    this.told.set(kind, (this.told.get(kind) ?? 0) + 1);
  };

  get clock(): string {
    return this.clocks.at(-1) ?? this.plan.start;
  }

  fateOf(sid: string): Fate {
    const fate = this.fates.get(sid) ?? { deleted: false, prices: [] };
    this.fates.set(sid, fate);
    return fate;
  }

  private config(days: Days, changes: Partial<Config>): Config {
    return configFor(this.simulator, this.folder, days, { undatedPages: 10_000, ...changes });
  }

  /** A run that nothing happens to. */
  async calmRun(hoursLater: number, changes: Partial<Config> = {}): Promise<PipelineRun> {
    this.productMs += hoursLater * 3_600_000;
    await this.simulator.setFaults([]);
    await this.simulator.resetStats();
    const now = new Date(this.productMs).toISOString();
    const { concurrency, accountConcurrency, clockRate } = this.plan.calm;
    const config = this.config(this.plan.simulator, { concurrency, accountConcurrency, ...changes });
    const run = await runPipeline(config, { now, clockRate, sleepShare: 0.05, onEvent: this.onEvent });
    await this.clockGoesOn();
    return run;
  }

  /** A run as planned. Undefined where it was cut off. */
  async run(plan: RunPlan): Promise<PipelineRun | undefined> {
    const upsets = plan.upsets.map((upset) => this.upsetRule(upset));
    await this.simulator.setFaults([...upsets.map(({ rule }) => rule), ...plan.mishaps.map(mishapRule)]);
    await this.simulator.resetStats();
    const run = plan.end === 'kill' ? await this.killed(plan, upsets) : await this.here(plan);
    const { faults } = await this.simulator.stats();
    for (const [index, { happened }] of upsets.entries()) if ((faults[index]?.fired ?? 0) > 0) happened();
    await this.simulator.setFaults([]);
    await this.clockGoesOn();
    return run;
  }

  /** No run begins, by the product's clock, before the one behind it has ended. */
  private async clockGoesOn(): Promise<void> {
    const last = Math.max(
      0,
      ...(await manifestOf(this.folder)).map((line) => ('at' in line ? Date.parse(line.at) : 0)),
    );
    this.productMs = Math.max(this.productMs, last + 1000);
  }

  private async here(plan: RunPlan): Promise<PipelineRun | undefined> {
    const { concurrency, accountConcurrency, undatedPages, clockRate } = plan;
    this.productMs += plan.hoursLater * 3_600_000;
    const stop = new AbortController();
    let events = 0;
    const onEvent = (event: PipelineEvent): void => {
      this.onEvent(event);
      events += 1;
      if (plan.end === 'abort' && events === plan.at) stop.abort();
    };
    const config = this.config(plan, { concurrency, accountConcurrency, undatedPages });
    const now = new Date(this.productMs).toISOString();
    try {
      return await runPipeline(config, { now, clockRate, sleepShare: 0.05, signal: stop.signal, onEvent });
    } catch (error) {
      if (!stop.signal.aborted || (error as Error).name !== 'AbortError') throw error;
      return undefined;
    }
  }

  private async killed(plan: RunPlan, upsets: readonly { readonly rule: FaultRule }[]): Promise<undefined> {
    const slow: FaultRule[] =
      plan.slowAt === undefined
        ? []
        : [{ match: { after: plan.slowAt, times: plan.concurrency }, action: { delay_ms: 5_300 } }];
    const hang: FaultRule = { match: { after: plan.at }, action: { delay_ms: 3_600_000 } };
    await this.simulator.setFaults([...upsets.map(({ rule }) => rule), ...plan.mishaps.map(mishapRule), ...slow, hang]);
    const { from, to } = plan;
    const range = ['--from', from, '--to', to, '--concurrency', String(plan.concurrency)];
    const folders = ['--data-dir', dataFolderOf(this.folder), '--output-dir', outputFolderOf(this.folder)];
    const pages = ['--undated-pages', String(plan.undatedPages)];
    const run = startCli(['run', ...range, ...folders, ...pages, '--quiet'], { env: environmentFor(this.simulator) });
    const isHanging = async (): Promise<boolean> => ((await this.simulator.stats()).faults.at(-1)?.fired ?? 0) > 0;
    while (run.child.exitCode === null && !(await isHanging())) await wait(10);
    // What was answered is being landed now.
    await wait(this.draw.int(0, 200));
    run.child.kill('SIGKILL');
    const { code, stderr } = await run.ended;
    // It may have come to its end before.
    expect([null, 0], stderr).toContain(code);
  }

  private upsetRule(upset: Upset): { readonly rule: FaultRule; happened(): void } {
    const match = { nth: [upset.at] };
    if (upset.kind === 'clock') {
      return { rule: { match, action: { set_clock: upset.to } }, happened: () => void this.clocks.push(upset.to) };
    }
    if (upset.kind === 'account') {
      const sid = this.draw.pick(this.subaccounts);
      const status = this.draw.pick(['suspended', 'closed', 'active'] as const);
      const renamed = this.draw.chance(30) ? { friendly_name: `renamed-${this.draw.int(1, 99)}` } : {};
      return { rule: { match, action: { set_accounts: [{ sid, status, ...renamed }] } }, happened: () => undefined };
    }
    const records = this.draw.some(this.finished, upset.count);
    if (upset.kind === 'vanish') {
      const set_records = records.map(({ sid }) => ({ sid, deleted: true }));
      const happened = (): void => {
        for (const { sid } of records) this.fateOf(sid).deleted = true;
      };
      return { rule: { match, action: { set_records } }, happened };
    }
    const prices = records.map(({ sid }) => ({ sid, price: drawPrice(this.draw) }));
    const happened = (): void => {
      for (const { sid, price } of prices) this.fateOf(sid).prices.push(price);
    };
    return { rule: { match, action: { set_records: prices } }, happened };
  }
}

function drawPrice(draw: Draw): string | null {
  if (draw.chance(15)) return null;
  const sign = draw.chance(90) ? '-' : '';
  return `${sign}${draw.int(0, 3)}.${String(draw.int(0, 99_999)).padStart(5, '0')}`;
}

function mishapRule({ nth, path, action }: Mishap): FaultRule {
  return { match: { nth: [...nth], ...(path === undefined ? {} : { path }) }, action };
}
