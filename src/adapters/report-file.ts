import { jsonPieces, ndjsonPieces } from '../domain/json-rows.js';
import { markdownPieces } from '../domain/markdown-table.js';
import type { Query } from '../domain/query.js';
import type { ReportRequest } from '../domain/report-request.js';
import { csvPieces } from './csv.js';
import type { ReportTarget } from './report-target.js';

type Rows = AsyncIterable<readonly (readonly (string | null)[])[]>;

/** A report that was made; src/pipeline/asking.ts says how. */
export interface MadeReport {
  readonly query: Query;
  rows(): Rows;
  totals(): Promise<readonly (readonly (string | null)[])[]>;
  copyCsv(path: string, lineEnd: '\n' | '\r\n'): Promise<void>;
  copyParquet(path: string): Promise<void>;
}

/** Writes a report in the format that was asked for. @throws StorageError, DiskFullError, ConfigError where the format cannot hold it */
export async function writeReport(
  target: ReportTarget,
  { format, excel }: Pick<ReportRequest, 'format' | 'excel'>,
  report: MadeReport,
): Promise<void> {
  const { query } = report;
  switch (format) {
    case 'csv':
      // What is too much to be held is written by the database, byte for byte as it would be here.
      if (query.published || excel) return target.write(csvPieces(query.columns, report.rows(), { excel }));
      return target.takeAside(() => report.copyCsv(target.aside, '\n'));
    case 'json':
      return target.write(jsonPieces(query, report.rows()));
    case 'ndjson':
      return target.write(ndjsonPieces(query, report.rows()));
    case 'md':
      return target.write(markdownPieces(query, report.rows(), await report.totals()));
    case 'parquet':
      return target.takeAside(() => report.copyParquet(target.aside));
    case 'xlsx': {
      const totals = await report.totals();
      // Loaded when it is wanted: every other report starts the sooner.
      const { writeWorkbook } = await import('./xlsx.js');
      return target.takeAside(() => writeWorkbook(target.aside, query, report.rows(), totals));
    }
  }
}
