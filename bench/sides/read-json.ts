import { DuckDBInstance } from '@duckdb/node-api';
import type { SideResult } from '../child.js';
import { answer, readInput, used } from './usage.js';

/** DuckDB alone, merely parsing pages of calls that lie on disk: their number and the sum of their prices. */

const { folder } = readInput<{ readonly folder: string }>();
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const before = used().cpuSeconds;
const startedMs = performance.now();
const reader = await connection.runAndReadAll(
  `select count(*)::varchar, (-sum(cast(call.price as decimal(18, 8))))::varchar
   from (
     select unnest(calls) as call
     from read_json('${folder}/*.json', columns = {calls: 'STRUCT(price VARCHAR)[]'}, maximum_object_size = 67108864)
   )`,
);
const seconds = (performance.now() - startedMs) / 1000;
const [[rows, cost] = []] = reader.getRows();
answer({
  rows: Number(rows),
  cost: String(cost),
  seconds,
  cpuSeconds: used().cpuSeconds - before,
  peakMb: used().peakMb,
} satisfies SideResult);
