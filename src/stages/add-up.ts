import { type DayParameters, inReadingOrder, parametersOf, type Query, queryNamed } from '../domain/query.js';
import { accountDaysAddedUp } from '../domain/report-room.js';

export interface AddUpPorts {
  readonly sql: {
    run(name: string, sql: string, parameters?: DayParameters): Promise<void>;
    texts(
      name: string,
      sql: string,
      parameters?: Readonly<Record<string, string>>,
    ): Promise<readonly (readonly (string | null)[])[]>;
    transaction<T>(work: () => Promise<T>): Promise<T>;
  };
  readonly queries: ReadonlyMap<string, Query>;
  /** Before each run of days, both UTC, the end exclusive. What it throws ends the work; what is left is still due. */
  onPeriod(start: string, end: string): void;
}

/**
 * Makes the tables of queries/daily/ anew for the days that loads have touched, so that nobody who asks for sums has to read every record
 * again. One transaction for each run of days: what is interrupted is still due.
 */
export async function addUp({ sql, queries, onPeriod }: AddUpPorts): Promise<{ readonly periods: number }> {
  const stale = queryNamed(queries, 'stale_periods');
  const tables = inReadingOrder(queries, 'daily');
  const periods = await sql.texts(stale.name, stale.sql, { account_days_max: String(accountDaysAddedUp) });
  for (const [start = '', end = ''] of periods as [string, string][]) {
    onPeriod(start, end);
    const days: DayParameters = { start: { day: start }, end: { day: end } };
    await sql.transaction(async () => {
      for (const query of tables) {
        await sql.run(query.name, `delete from ${query.name} where day >= $start and day < $end`, days);
        await sql.run(query.name, `insert into ${query.name}\n${query.sql}`, parametersOf(query, days));
      }
      await sql.run('stale_days', 'delete from stale_days where day >= $start and day < $end', days);
    });
  }
  return { periods: periods.length };
}
