import {
  countObstacles,
  nextFolder,
  notReady,
  type Obstacle,
  requireClosable,
  requireReopenable,
} from '../domain/closing.js';
import type { ClosingLine, MonthClosed, MonthReopened, SetFile } from '../domain/manifest.js';
import { type Instant, type Month, monthWindow } from '../domain/period.js';
import { byColumn, type DayParameters, dayParameters, type Query, queryNamed } from '../domain/query.js';

/** What closing needs of the outside: the ledger, the published set, and the manifest. */
export interface ClosePorts<Published> {
  readonly sql: {
    texts(name: string, sql: string, parameters: DayParameters): Promise<readonly (readonly (string | null)[])[]>;
  };
  readonly queries: ReadonlyMap<string, Query>;
  readonly closings: readonly ClosingLine[];
  now(): Instant;
  publish(month: Month): Promise<Published>;
  /** Keeps what is published in a folder of the data folder; answers the set's hash and that of each file. */
  keep(published: Published, folder: string): Promise<{ readonly sha256: string; readonly files: readonly SetFile[] }>;
  /** Writes it into the manifest, and into the ledger. */
  append(entry: MonthClosed | MonthReopened): Promise<void>;
}

/**
 * Publishes a month anew, makes sure that nothing stands in the way (or that somebody said why it may), keeps the set and writes it down.
 * @throws ConfigError where the month runs still or is closed; MonthNotReadyError with every obstacle
 */
export async function close<Published>(
  ports: ClosePorts<Published>,
  month: Month,
  reason: string | undefined,
): Promise<{ closing: MonthClosed; obstacles: readonly Obstacle[] }> {
  requireClosable(ports.closings, month, ports.now());
  const published = await ports.publish(month);
  const obstacles = await readObstacles(ports, month);
  if (obstacles.length > 0 && reason === undefined) throw notReady(month, obstacles);
  const folder = nextFolder(ports.closings, month);
  const kept = await ports.keep(published, folder);
  const closing: MonthClosed = {
    kind: 'month_closed',
    month,
    at: ports.now(),
    reason: reason ?? null,
    obstacles: countObstacles(obstacles),
    totals: (await ask(ports, 'month_totals', dayParameters(monthWindow(month)))).map(
      ({ currency, itemised_cost }) => ({
        currency: currency ?? '',
        itemised_cost: itemised_cost ?? '0',
      }),
    ),
    folder,
    ...kept,
  };
  await ports.append(closing);
  return { closing, obstacles };
}

/**
 * Opens a closed month again, and publishes it, with the months that lose its corrections. The kept set stays where it is.
 * @throws ConfigError where it is not closed, or where a closed month holds corrections of it
 */
export async function reopen<Published>(
  ports: ClosePorts<Published>,
  month: Month,
  reason: string,
): Promise<{ reopening: MonthReopened; published: readonly Published[] }> {
  const found = await ask(ports, 'correction_months', { start: { day: `${month}-01` } });
  const foundIn = found.map(({ found_month }) => found_month ?? '');
  requireReopenable(ports.closings, month, foundIn);
  const reopening: MonthReopened = { kind: 'month_reopened', month, at: ports.now(), reason };
  await ports.append(reopening);
  const published: Published[] = [];
  for (const one of [month, ...foundIn]) published.push(await ports.publish(one));
  return { reopening, published };
}

async function readObstacles(ports: ClosePorts<unknown>, month: Month): Promise<Obstacle[]> {
  const rows = await ask(ports, 'closing_obstacles', dayParameters(monthWindow(month)));
  return rows.map(({ obstacle, subject, detail, item_count }) => ({
    obstacle: obstacle ?? '',
    subject: subject ?? '',
    detail: detail ?? '',
    count: Number.parseInt(item_count ?? '0', 10),
  }));
}

/** Rows of a query by column name. */
async function ask(
  ports: Pick<ClosePorts<unknown>, 'sql' | 'queries'>,
  name: string,
  parameters: DayParameters,
): Promise<Record<string, string | null>[]> {
  const query = queryNamed(ports.queries, name);
  return (await ports.sql.texts(name, query.sql, parameters)).map((row) => byColumn(query, row));
}
