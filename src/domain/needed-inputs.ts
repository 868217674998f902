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
  const problems = reports.flatMap(({ name, needs }) => {
    if (needs === undefined || (given[needs] ?? []).length > 0) return [];
    const input = inputs[needs];
    const remedy =
      input === undefined
        ? `nothing fills the table ${needs}`
        : `give them with ${input.option} <file> or ${input.setting}, or in ${input.file} of this folder`;
    return [`The report ${name} needs ${needs}: ${remedy}.`];
  });
  if (problems.length > 0) throw new ConfigError(problems);
}
