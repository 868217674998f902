import { ConfigError, MonthNotReadyError } from './errors.js';
import { ExitCode } from './exit-code.js';
import { obstacleLinesMax } from './limits.js';
import type { ClosingLine, MonthClosed } from './manifest.js';
import { dayOf, type Instant, type Month, monthWindow } from './period.js';

/** One thing that stands in the way of closing a month, as queries/ledger/closing_obstacles.sql tells it. */
export interface Obstacle {
  readonly obstacle: string;
  readonly subject: string;
  readonly detail: string;
  /** Account-days or records. */
  readonly count: number;
}

/** Differences that nobody can explain are no matter of waiting: they have an exit code of their own. */
const unexplained = 'unexplained';

/** The closing that holds now: undefined where the month was never closed, or reopened since. */
export function closingOf(closings: readonly ClosingLine[], month: Month): MonthClosed | undefined {
  const newest = closings.findLast((line) => line.month === month);
  return newest?.kind === 'month_closed' ? newest : undefined;
}

/** Months that are closed now, oldest first. */
export const closedMonths = (closings: readonly ClosingLine[]): MonthClosed[] =>
  [...new Set(closings.map((line) => line.month))].sort().flatMap((month) => closingOf(closings, month) ?? []);

/** Where the set of the next closing of a month is kept, relative to the data folder. */
export function nextFolder(closings: readonly ClosingLine[], month: Month): string {
  const before = closings.filter((line) => line.month === month && line.kind === 'month_closed').length;
  return `closed/${month}/${before + 1}`;
}

/** @throws ConfigError where the month runs still, or is closed already */
export function requireClosable(closings: readonly ClosingLine[], month: Month, now: Instant): void {
  const { end } = monthWindow(month);
  if (end > now) throw new ConfigError([`${month} is not over: it can be closed from ${dayOf(end)} on (UTC).`]);
  const closing = closingOf(closings, month);
  if (closing === undefined) return;
  throw new ConfigError([
    `${month} is closed already, since ${closing.at}. To close it anew: subledger close --reopen ${month} --reason TEXT`,
  ]);
}

/** @throws ConfigError where it is not closed, or months that are closed hold corrections of it */
export function requireReopenable(closings: readonly ClosingLine[], month: Month, foundIn: readonly Month[]): void {
  if (closingOf(closings, month) === undefined) throw new ConfigError([`${month} is not closed.`]);
  const holding = foundIn.filter((found) => closingOf(closings, found) !== undefined);
  if (holding.length === 0) return;
  throw new ConfigError([
    `${month} stays closed: corrections of it stand in corrections.csv of ${holding.join(', ')}, which is closed too and would count them twice. Reopen ${holding.at(-1)} first.`,
  ]);
}

/** Account-days or records by the name of the obstacle. */
export function countObstacles(obstacles: readonly Obstacle[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { obstacle, count } of obstacles) counts[obstacle] = (counts[obstacle] ?? 0) + count;
  return counts;
}

/** The refusal to close a month, with what stands in the way and what to do. */
export function notReady(month: Month, obstacles: readonly Obstacle[]): MonthNotReadyError {
  const counts = Object.entries(countObstacles(obstacles)).map(([name, count]) => `${count} ${name}`);
  const lines = obstacles
    .slice(0, obstacleLinesMax)
    .map(({ obstacle, subject, detail, count }) => `${obstacle}: ${subject}: ${detail} (${count})`);
  const more = obstacles.length - lines.length;
  if (more > 0) lines.push(`… and ${more} lines more: see completeness.csv, unpriced.csv and findings.csv`);
  const head = `${month} is not closed: ${counts.join(', ')}. Run again until nothing is left, or close it all the same with --reason TEXT, which is kept.`;
  const exitCode = obstacles.some(({ obstacle }) => obstacle === unexplained)
    ? ExitCode.unexplained
    : ExitCode.incomplete;
  return new MonthNotReadyError([head, ...lines], exitCode);
}
