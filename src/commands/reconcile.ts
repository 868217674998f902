import type { Command } from 'commander';
import { reconcileMonths } from '../pipeline/publishing.js';
import { addCommon, addRange, addReconciliation } from './options.js';
import { comparedJson, comparedLines, exitCodeOf, setExitCode } from './outcome.js';
import { configOf, type Flags, print, requireRuns, withReader } from './session.js';

const examples = `
Calls and messages are compared with Twilio's Usage Records by account, day, currency and family of categories, and every difference is
given to a named cause. Nothing is asked of Twilio and no file is written: "subledger report" writes reconciliation.csv and the rest.
Whole months are compared, of which the days that were pulled count.

Examples:
  $ subledger reconcile --month 2026-10
  $ subledger reconcile --month 2026-10 --tolerance USD=0.05 --invoice invoice.csv
  $ subledger reconcile --json | jq '.months[] | {month, reconciliation}'

Exit code 3: a difference that no cause explains, beyond the tolerance.`;

export function registerReconcile(program: Command): void {
  const command = program
    .command('reconcile')
    .description('Compare what was pulled with what Twilio says it charged.')
    .addHelpText('after', examples);
  addCommon(addReconciliation(addRange(command))).action(async (flags: Flags) => {
    const config = await configOf(flags, { credentials: false, customers: true });
    await requireRuns(config);
    const months = await withReader('reconcile', config, flags, (reader, outside) =>
      reconcileMonths(reader, config, outside),
    );
    const exitCode = exitCodeOf(undefined, months);
    setExitCode(exitCode);
    const json = months.map(({ month, ...compared }) => ({ month, ...comparedJson(compared) }));
    const lines = months.flatMap((month) => [
      ...comparedLines(month),
      ...month.findings.map(({ check, subject, detail }) => `    ${check}: ${subject}: ${detail}`),
    ]);
    print(flags, { months: json, exit_code: exitCode }, lines);
  });
}
