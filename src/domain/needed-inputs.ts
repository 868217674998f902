import { ConfigError } from './errors.js';
import type { Query } from './query.js';

/** How the tables are filled that a report may need (`-- needs:`). */
const inputs: Readonly<Record<string, { readonly option: string; readonly setting: string; readonly file: string }>> = {
  rates: { option: '--rates', setting: 'SUBLEDGER_RATES', file: 'rates.csv' },
};

/**
 * Somebody who asks by name for a report of what was not given gets no empty file, which would look like an answer.
 * `given` holds, by table, what was read for it. @throws ConfigError for every such report, naming the option
 */
export function requireInputs(
  reports: readonly Pick<Query, 'name' | 'needs'>[],
  given: Readonly<Record<string, readonly unknown[]>>,
): void {
  const problems = lacking(reports, given).map(
    ({ name, needs }) => `The report ${name} needs ${needs}: ${remedyOf(needs)}.`,
  );
  if (problems.length > 0) throw new ConfigError(problems);
}

/**
 * A month that is closed is published anew before. What it was published with must not get lost on the way, since from then on the set is
 * kept. `published`: the reports of which a file stands in the month's folder. @throws ConfigError for every one that would not be made
 */
export function requireInputsOfPublished(
  month: string,
  published: readonly Pick<Query, 'name' | 'needs'>[],
  given: Readonly<Record<string, readonly unknown[]>>,
): void {
  const problems = lacking(published, given).map(
    ({ name, needs }) =>
      `${month} was published with ${name}.csv, and would be closed without it, for want of ${needs}: ${remedyOf(needs)}; or publish the month without them first (subledger report --month ${month}).`,
  );
  if (problems.length > 0) throw new ConfigError(problems);
}

const lacking = (
  reports: readonly Pick<Query, 'name' | 'needs'>[],
  given: Readonly<Record<string, readonly unknown[]>>,
): { readonly name: string; readonly needs: string }[] =>
  reports.flatMap(({ name, needs }) =>
    needs === undefined || (given[needs] ?? []).length > 0 ? [] : [{ name, needs }],
  );

function remedyOf(needs: string): string {
  const input = inputs[needs];
  return input === undefined
    ? `nothing fills the table ${needs}`
    : `give them with ${input.option} <file> or ${input.setting}, or in ${input.file} of this folder`;
}
