import { ExitCode } from '../domain/exit-code.js';
import { findingsByCheck, summaryLines } from '../domain/reconciliation.js';
import { ownReportBroken } from '../pipeline/own-reports.js';
import type { PublishedMonth, ReconciledMonth } from '../pipeline/publishing.js';
import type { PullInfo } from '../pipeline.js';

/** A signal has set its own exit code already. */
export function setExitCode(exitCode: number): void {
  process.exitCode ??= exitCode;
}

/**
 * Unexplained goes before incomplete: an account that is refused every night must not hide it. Incomplete is whatever could not be
 * pulled or used: what was is published and labelled.
 */
export function exitCodeOf(pulled: PullInfo | undefined, months: readonly ReconciledMonth[]): number {
  if (months.some(({ reconciliation }) => reconciliation?.status === 'differs')) return ExitCode.unexplained;
  if ((pulled?.extract.failures.length ?? 0) > 0) return ExitCode.incomplete;
  const unused = ['quarantined_rows_present', ownReportBroken];
  const isPart = months.some(({ findings }) => findings.some(({ check }) => unused.includes(check)));
  return isPart ? ExitCode.incomplete : ExitCode.fine;
}

export const monthJson = ({ month, folder, changed, closed, files, ...compared }: PublishedMonth): unknown => ({
  month,
  folder,
  changed,
  closed,
  files,
  ...comparedJson(compared),
});

export const comparedJson = ({
  reconciliation,
  findings,
}: Pick<ReconciledMonth, 'reconciliation' | 'findings'>): object => ({
  reconciliation: reconciliation?.status,
  compared: reconciliation?.totals,
  tie_out: reconciliation?.tieOut,
  findings,
});

export function monthLines({ month, folder, changed, closed, files, ...compared }: PublishedMonth): string[] {
  const count = `${files.length + 1} files in ${folder}`;
  if (closed) return [`${month}: closed, ${count} (${changed ? 'restored' : 'unchanged'}).`];
  return [...comparedLines(compared), `${month}: ${count} (${changed ? 'published' : 'unchanged'}).`];
}

/** The comparison and what was found, for the terminal. */
export function comparedLines({
  reconciliation,
  findings,
}: Pick<ReconciledMonth, 'reconciliation' | 'findings'>): string[] {
  const counts = [...findingsByCheck(findings)].map(([check, found]) => `${check} ${found.length}`).join(', ');
  const summary = reconciliation === undefined ? [] : summaryLines(reconciliation);
  return [...summary, `  Findings: ${counts === '' ? 'none' : counts}.`];
}
