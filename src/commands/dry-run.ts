import type { Config } from '../config.js';
import { planLinesMax } from '../domain/limits.js';
import { dayOf } from '../domain/period.js';
import type { PlanEstimate, TaskEstimate } from '../domain/plan-estimate.js';
import { type DryRun, dryRun } from '../pipeline/dry-run.js';
import { type Flags, print, withOutside } from './session.js';

/** `--dry-run` of a command that pulls: the plan on stdout, and nothing changed on disk. */
export async function runDry(config: Config, flags: Flags): Promise<void> {
  const planned = await withOutside(flags, (outside) => dryRun(config, outside));
  print(flags, jsonOf(config, planned), linesOf(config, planned));
}

/** Tasks of one resource that are due for one reason. */
interface Group {
  readonly resource: string;
  readonly reason: string;
  tasks: number;
  requests: number;
}

function groupsOf({ tasks }: PlanEstimate): Group[] {
  const groups = new Map<string, Group>();
  for (const { task, requests } of tasks) {
    const { resource, reason } = task;
    const group = groups.get(`${resource} ${reason}`) ?? { resource, reason, tasks: 0, requests: 0 };
    group.tasks += 1;
    group.requests += requests;
    groups.set(`${resource} ${reason}`, group);
  }
  return [...groups.values()];
}

function jsonOf(config: Config, { accounts, estimate, warnings, notes }: DryRun): unknown {
  return {
    dry_run: true,
    start: config.range.start,
    end: config.range.end,
    accounts,
    requests: estimate.requests,
    requests_at_least: estimate.atLeast,
    latency_ms: Math.round(estimate.latencyMs),
    seconds: estimate.timeMs / 1000,
    groups: groupsOf(estimate),
    tasks: estimate.tasks.map(({ task, rows, requests }) => ({
      account_sid: task.accountSid,
      resource: task.resource,
      start: task.window?.start,
      end: task.window?.end,
      reason: task.reason,
      rows: rows ?? null,
      requests,
    })),
    warnings,
    notes,
    exit_code: 0,
  };
}

function linesOf(config: Config, { accounts, estimate, warnings, notes }: DryRun): string[] {
  const { tasks, requests, latencyMs, timeMs } = estimate;
  const { concurrency, range } = config;
  const least = estimate.atLeast ? 'at least ' : '';
  const shown = tasks.slice(0, planLinesMax);
  const left = tasks.length - shown.length;
  return [
    `Plan for ${dayOf(range.start)} to ${dayOf(range.end)} (exclusive, UTC): ${tasks.length} windows of ${accounts} accounts. Nothing was changed.`,
    ...groupsOf(estimate).map(
      (group) => `  ${group.resource}: ${group.tasks} ${group.reason}, ${group.requests} requests`,
    ),
    `Requests: ${least}${requests}. Time: ${least}about ${durationText(timeMs)}, with ${concurrency} requests in flight and ${Math.round(latencyMs)} ms for each.`,
    ...warnings.map((warning) => `Warning: ${warning}`),
    ...notes.map((note) => `Note: ${note}`),
    ...shown.map(taskLine),
    ...(left === 0 ? [] : [`… and ${left} more: --json lists all`]),
  ];
}

function taskLine({ task, rows, requests }: TaskEstimate): string {
  const { accountSid, resource, window, reason } = task;
  const days = window === undefined ? '' : ` from ${dayOf(window.start)} to ${dayOf(window.end)}`;
  const cost = rows === undefined ? `at least ${requests} requests` : `about ${rows} rows, ${requests} requests`;
  return `${accountSid} ${resource}${days}: ${reason}, ${cost}`.replace(/\b1 requests$/, '1 request');
}

const durationText = (ms: number): string =>
  ms < 60_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} min`;
