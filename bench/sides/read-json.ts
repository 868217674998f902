import { DuckDBInstance } from '@duckdb/node-api';
import type { SideResult } from '../child.js';
import { answer, readInput, used } from './usage.js';

/**
 * DuckDB alone, merely parsing pages of calls that lie on disk: their number and the sum of their prices. First those of the lists that
 * have a date filter, which hold each call once; then those of the others, which hold the newest of them once more.
 */

export interface ReadJsonResult extends SideResult {
  /** For the lists without date filter, on top. */
  readonly undatedCpuSeconds: number;
}

const { folder } = readInput<{ readonly folder: string }>();
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const parse = async (
  files: string,
): Promise<{ readonly rows: string; readonly cost: string; readonly cpuSeconds: number }> => {
  const before = used().cpuSeconds;
  const reader = await connection.runAndReadAll(
    `select count(*)::varchar, (-sum(cast(call.price as decimal(18, 8))))::varchar
     from (
       select unnest(calls) as call
       from read_json('${folder}/${files}', columns = {calls: 'STRUCT(price VARCHAR)[]'}, maximum_object_size = 67108864)
     )`,
  );
  const [[rows, cost] = []] = reader.getRows();
  return { rows: String(rows), cost: String(cost), cpuSeconds: used().cpuSeconds - before };
};
const startedMs = performance.now();
const { rows, cost, cpuSeconds } = await parse('[0-9]*.json');
const seconds = (performance.now() - startedMs) / 1000;
const undated = await parse('undated-*.json');
answer({
  rows: Number(rows),
  cost,
  seconds,
  cpuSeconds,
  undatedCpuSeconds: undated.cpuSeconds,
  peakMb: used().peakMb,
} satisfies ReadJsonResult);
